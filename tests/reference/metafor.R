# Writes metafor.json, the numbers that tests/test_*.py compare the Python code
# with.  Run from the root of the project:
#
#   Rscript tests/reference/metafor.R tests/reference/metafor.json
#
# Needs metafor 3.8-1, metadat, jsonlite and epiR (Debian 12: r-cran-metafor,
# r-cran-jsonlite, r-cran-epir).  The tests read only the JSON file, so running
# them does not need R.
#
# Tolerances.  metafor stops the Fisher scoring of REML at a step of 1e-5
# (control$threshold) and the root searches of PM and of the Q-profile interval
# at .Machine$double.eps^0.25, about 1e-4 (control$tol).  Both are looser than
# the 1e-6 the tests ask for, so every call here tightens them:
#   rma(method = "REML")  control = list(threshold = t, maxiter = 10000), with t
#                         the first of 1e-14, 1e-12, 1e-10 that converges;
#                         control$tol is left alone, because for REML it is the
#                         margin of the check for a local maximum;
#   rma(method = "PM")    control = list(tol = 1e-14, maxiter = 10000,
#                                        tau2.max = 1e6);
#   confint()             control = list(tol = 1e-14, maxiter = 10000,
#                                        tau2.max = 1e8).
# tau2.max is raised because metafor otherwise reports max(100, 10 * tau2) in
# place of an upper bound that lies beyond it.

suppressMessages({
  library(metadat)
  library(metafor)
  library(jsonlite)
  library(epiR)
})

out <- commandArgs(trailingOnly = TRUE)[1]
if (is.na(out)) out <- "tests/reference/metafor.json"

METHODS <- c("EE", "DL", "PM", "REML")
TESTS <- c(wald = "z", knha = "knha", adhoc = "adhoc")

# ---------------------------------------------------------------- model calls

fit <- function(yi, vi, method, test = "z", mods = NULL) {
  args <- list(yi = as.numeric(yi), vi = as.numeric(vi), method = method, test = test)
  if (!is.null(mods)) args$mods <- mods
  call1 <- function(control) {
    suppressWarnings(do.call(rma, c(args, list(control = control))))
  }
  if (method == "REML") {
    for (t in c(1e-14, 1e-12, 1e-10)) {
      res <- try(call1(list(threshold = t, maxiter = 10000)), silent = TRUE)
      if (!inherits(res, "try-error")) return(res)
    }
    stop("REML did not converge")
  }
  if (method == "PM")
    return(call1(list(tol = 1e-14, maxiter = 10000, tau2.max = 1e6)))
  call1(list())
}

tau2_interval <- function(res) {
  if (res$k == 1L || res$method == "EE") return(c(NA, NA))
  ci <- confint(res, control = list(tol = 1e-14, maxiter = 10000, tau2.max = 1e8))
  unname(ci$random["tau^2", c("ci.lb", "ci.ub")])
}

pooled <- function(res) {
  pred <- predict(res)
  t2 <- tau2_interval(res)
  pi <- if (is.null(pred$pi.lb)) c(NA, NA) else c(pred$pi.lb, pred$pi.ub)
  list(
    k = res$k, estimate = c(res$beta), se = res$se,
    ci_low = res$ci.lb, ci_high = res$ci.ub, p = res$pval,
    tau2 = c(res$tau2), tau2_low = t2[1], tau2_high = t2[2],
    i2 = res$I2, h2 = res$H2, q = res$QE, q_df = res$k - res$p, q_p = res$QEp,
    pi_low = pi[1], pi_high = pi[2], weights = I(unname(weights(res)))
  )
}

# ------------------------------------------------------------- outcome sets

sets <- list()
add_set <- function(name, dataset, measure, raw, call = NULL) {
  raw <- lapply(raw, function(x) I(as.numeric(unname(x))))
  ok <- Reduce(`&`, lapply(raw, function(x) !is.na(x)))
  raw <- lapply(raw, function(x) I(as.numeric(x)[ok]))
  if (measure == "GEN") {
    es <- list(yi = raw$yi, vi = raw$vi)
    call <- "yi and vi as shipped"
  } else {
    es <- do.call(escalc, c(list(measure = measure), lapply(raw, as.numeric)))
    call <- sprintf("escalc(measure = \"%s\", %s)", measure,
                    paste(names(raw), collapse = ", "))
  }
  stopifnot(!anyNA(es$yi), !anyNA(es$vi), all(es$vi > 0))
  sets[[name]] <<- list(dataset = dataset, measure = measure, call = call,
                        raw = raw, yi = I(as.numeric(es$yi)), vi = I(as.numeric(es$vi)))
}
rows <- function(raw, i) lapply(raw, function(x) x[i])

binary <- function(dataset, raw, measures = c("RR", "OR", "RD")) {
  for (m in measures) add_set(paste0(dataset, ":", m), dataset, m, raw)
}

bcg <- with(dat.bcg, list(ai = tpos, n1i = tpos + tneg, ci = cpos, n2i = cpos + cneg))
binary("dat.bcg", bcg)
binary("dat.collins1985a", with(dat.collins1985a, list(ai = d.xti, n1i = nti, ci = d.xci, n2i = nci)))
binary("dat.collins1985b", with(dat.collins1985b, list(ai = pre.xti, n1i = pre.nti, ci = pre.xci, n2i = pre.nci)))
binary("dat.nielweise2007", with(dat.nielweise2007, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)))
binary("dat.li2007", with(dat.li2007, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)))
binary("dat.lee2004", with(dat.lee2004, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)))
binary("dat.linde2005", with(dat.linde2005, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)))
binary("dat.hine1989", with(dat.hine1989, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)))
binary("dat.egger2001", with(dat.egger2001, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), c("RR", "OR"))
binary("dat.yusuf1985", with(subset(dat.yusuf1985, table == "6"), list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), c("OR", "RD"))
binary("dat.lau1992", with(dat.lau1992, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), "OR")
binary("dat.damico2009", with(dat.damico2009, list(ai = xt, n1i = nt, ci = xc, n2i = nc)), c("OR", "RD"))
binary("dat.cannon2006", with(dat.cannon2006, list(ai = ep1t, n1i = nt, ci = ep1c, n2i = nc)), c("RR", "RD"))
binary("dat.axfors2021", with(subset(dat.axfors2021, hcq_cq == "hcq"),
  list(ai = hcq_arm_event, n1i = hcq_arm_total, ci = control_arm_event, n2i = control_arm_total)), c("OR", "RD"))
binary("dat.graves2010", with(dat.graves2010, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), "RR")
binary("dat.viechtbauer2021", with(dat.viechtbauer2021, list(ai = xTi, n1i = nTi, ci = xCi, n2i = nCi)), "OR")

continuous <- function(dataset, raw, measures = c("MD", "SMD", "ROM")) {
  for (m in measures) add_set(paste0(dataset, ":", m), dataset, m, raw)
}
normand <- with(dat.normand1999, list(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i))
continuous("dat.normand1999", normand)
continuous("dat.gibson2002", with(dat.gibson2002, list(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i)))
continuous("dat.curtis1998", with(dat.curtis1998, list(m1i = m2i, sd1i = sd2i, n1i = n2i, m2i = m1i, sd2i = sd1i, n2i = n1i)), c("SMD", "ROM"))
continuous("dat.michael2013", with(dat.michael2013, list(m1i = Brain_m, sd1i = Brain_s, n1i = Brain_n,
  m2i = No_brain_m, sd2i = No_brain_s, n2i = No_brain_n)))
continuous("dat.dagostino1998", with(subset(dat.dagostino1998, outcome == "rnic1"),
  list(m1i = mt, sd1i = sdt, n1i = nt, m2i = mc, sd2i = sdc, n2i = nc)), c("MD", "SMD"))

add_set("dat.molloy2014:ZCOR", "dat.molloy2014", "ZCOR", with(dat.molloy2014, list(ri = ri, ni = ni)))
add_set("dat.mcdaniel1994:ZCOR", "dat.mcdaniel1994", "ZCOR", with(dat.mcdaniel1994, list(ri = ri, ni = ni)))
add_set("dat.cohen1981:ZCOR", "dat.cohen1981", "ZCOR", with(dat.cohen1981, list(ri = ri, ni = ni)))

add_set("dat.pritz1997:PLO", "dat.pritz1997", "PLO", with(dat.pritz1997, list(xi = xi, ni = ni)))
add_set("dat.debruin2009:PLO", "dat.debruin2009", "PLO", with(dat.debruin2009, list(xi = xi, ni = ni)))
add_set("dat.hannum2020:PLO", "dat.hannum2020", "PLO", with(dat.hannum2020, list(xi = xi, ni = ni)))

generic <- function(dataset, yi, vi)
  add_set(paste0(dataset, ":GEN"), dataset, "GEN", list(yi = yi, vi = vi))
with(dat.hackshaw1998, generic("dat.hackshaw1998", yi, vi))
with(dat.raudenbush1985, generic("dat.raudenbush1985", yi, vi))
with(dat.bangertdrowns2004, generic("dat.bangertdrowns2004", yi, vi))
with(subset(dat.riley2003, outcome == "DFS"), generic("dat.riley2003", yi, vi))
with(dat.pignon2000, generic("dat.pignon2000", OmE / V, 1 / V))
with(subset(dat.begg1989, trt == "BMT"), generic("dat.begg1989", yi, vi))
hart <- escalc(measure = "IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = dat.hart1999)
generic("dat.hart1999", hart$yi, hart$vi)

# Senn 2013: placebo-controlled comparisons of metformin, two-arm studies only.
senn <- subset(dat.senn2013, treatment %in% c("placebo", "metformin"))
senn <- senn[senn$study %in% names(which(table(senn$study) == 2)), ]
wide <- merge(subset(senn, treatment == "metformin"), subset(senn, treatment == "placebo"), by = "study")
continuous("dat.senn2013", with(wide, list(m1i = mi.x, sd1i = sdi.x, n1i = ni.x, m2i = mi.y, sd2i = sdi.y, n2i = ni.y)), c("MD", "SMD"))

# One, two and three studies; a set whose between-study variance is zero by
# every estimator; two studies that agree; rows with only zero cells.
for (k in 1:3) add_set(sprintf("dat.bcg[1:%d]:RR", k), "dat.bcg", "RR", rows(bcg, 1:k))
add_set("dat.bcg[7]:OR", "dat.bcg", "OR", rows(bcg, 7))
add_set("dat.bcg[c(1,6)]:RR", "dat.bcg", "RR", rows(bcg, c(1, 6)))
for (k in 1:3) add_set(sprintf("dat.normand1999[1:%d]:MD", k), "dat.normand1999", "MD", rows(normand, 1:k))
pritz <- with(dat.pritz1997, list(xi = xi, ni = ni))
for (k in 2:3) add_set(sprintf("dat.pritz1997[1:%d]:PLO", k), "dat.pritz1997", "PLO", rows(pritz, 1:k))
molloy <- with(dat.molloy2014, list(ri = ri, ni = ni))
add_set("dat.molloy2014[1]:ZCOR", "dat.molloy2014", "ZCOR", rows(molloy, 1))
hine <- with(dat.hine1989, list(ai = ai, n1i = n1i, ci = ci, n2i = n2i))
add_set("dat.hine1989[1:2]:RD", "dat.hine1989", "RD", rows(hine, 1:2))

# Not public data: a restricted likelihood with a local maximum above zero (metafor warns and
# sets tau2 to zero), one so flat that Fisher scoring takes thousands of steps to a local
# maximum, one on which its steps shrink by 2.5 % each, and three outcomes that agree exactly
# (Knapp-Hartung variance of zero).
add_set("local maximum:GEN", "constructed", "GEN", list(yi = c(0.075, -0.001, 3.408), vi = c(0.0013, 0.001, 1.4544)))
add_set("flat local maximum:GEN", "constructed", "GEN", list(yi = c(0, 0, 0, 2.5754, -3.8352, -0.1828),
                                                           vi = c(0.5254, 0.5254, 0.2396, 1.1, 2.3585, 0.3333)))
add_set("flat likelihood:GEN", "constructed", "GEN", list(yi = c(-3.62, -0.54, 1.45, -0.2, 0.17),
                                                        vi = c(1.649, 0.083, 0.819, 0.071, 0.069)))
add_set("agreement:GEN", "constructed", "GEN", list(yi = c(0.25, 0.25, 0.25), vi = c(0.1, 0.2, 0.4)))

models <- list()
for (s in names(sets)) {
  for (m in METHODS) for (t in names(TESTS)) {
    res <- fit(sets[[s]]$yi, sets[[s]]$vi, m, TESTS[[t]])
    models[[length(models) + 1]] <- list(
      set = s, method = m, test = t,
      call = sprintf("rma(yi, vi, method = \"%s\", test = \"%s\")", m, TESTS[[t]]),
      result = pooled(res))
  }
}

# ----------------------------------------------- leave-one-out and cumulative

# leave1out() calls the p-values pval, cumul() calls them pvals.
columns <- list(estimate = "estimate", se = "se", p = c("pval", "pvals"), ci_low = "ci.lb", ci_high = "ci.ub",
                q = "Q", q_p = "Qp", tau2 = "tau2", i2 = "I2", h2 = "H2")
series <- function(x) {
  x <- unclass(x)
  lapply(columns, function(n) {
    n <- intersect(n, names(x))
    if (length(n)) unname(x[[n]]) else NULL
  })
}
leave1 <- list()
cumulative <- list()
for (s in c("dat.bcg:RR", "dat.normand1999:MD", "dat.molloy2014:ZCOR", "dat.collins1985b:OR",
            "dat.pritz1997:PLO", "dat.raudenbush1985:GEN")) {
  for (m in c("EE", "DL", "REML")) for (t in names(TESTS)) {
    res <- fit(sets[[s]]$yi, sets[[s]]$vi, m, TESTS[[t]])
    entry <- list(set = s, method = m, test = t)
    leave1[[length(leave1) + 1]] <- c(entry, list(call = "leave1out()", result = series(leave1out(res))))
    cumulative[[length(cumulative) + 1]] <- c(entry, list(call = "cumul()", result = series(suppressWarnings(cumul(res)))))
  }
}

# ------------------------------------------------------------------ subgroups

group_of <- list(
  "dat.bcg:RR" = as.character(dat.bcg$alloc),
  "dat.molloy2014:ZCOR" = as.character(dat.molloy2014$design),
  "dat.raudenbush1985:GEN" = as.character(dat.raudenbush1985$setting),
  "dat.bangertdrowns2004:GEN" = paste("grade", dat.bangertdrowns2004$grade))
subgroups <- list()
for (s in names(group_of)) for (m in METHODS) for (t in c("wald", "knha")) {
  g <- factor(group_of[[s]])
  yi <- as.numeric(sets[[s]]$yi)
  vi <- as.numeric(sets[[s]]$vi)
  if (m == "EE" && t == "knha") next
  each <- lapply(levels(g), function(l) fit(yi[g == l], vi[g == l], m, TESTS[[t]]))
  # Separate tau2: the subgroup estimates as a two-level equal-effects model.
  est <- sapply(each, function(r) c(r$beta))
  sep <- rma(est, sei = sapply(each, `[[`, "se"), mods = ~ factor(levels(g)), method = "EE")
  common <- fit(yi, vi, m, TESTS[[t]], mods = model.matrix(~ g)[, -1, drop = FALSE])
  subgroups[[length(subgroups) + 1]] <- list(
    set = s, method = m, test = t, groups = as.character(g), levels = levels(g),
    call = c("rma(estimates, sei = ses, mods = ~ factor(level), method = \"EE\")", "rma(yi, vi, mods = ~ factor(group))"),
    separate = list(q = sep$QM, df = sep$QMdf[1], p = sep$QMp),
    common = list(q = common$QM, df = common$QMdf[1], df2 = common$QMdf[2], p = common$QMp, tau2 = c(common$tau2)),
    results = lapply(each, function(r) list(k = r$k, estimate = c(r$beta), se = r$se, ci_low = r$ci.lb, ci_high = r$ci.ub, tau2 = c(r$tau2))))
}

# ------------------------------------------------------------ meta-regression

mods_of <- list(
  list(set = "dat.bcg:RR", mods = list(ablat = dat.bcg$ablat)),
  list(set = "dat.bcg:RR", mods = list(ablat = dat.bcg$ablat, year = dat.bcg$year)),
  list(set = "dat.molloy2014:ZCOR", mods = list(quality = dat.molloy2014$quality)),
  list(set = "dat.molloy2014:ZCOR", mods = list(quality = dat.molloy2014$quality, meanage = dat.molloy2014$meanage)),
  list(set = "dat.raudenbush1985:GEN", mods = list(weeks = dat.raudenbush1985$weeks)),
  list(set = "dat.debruin2009:PLO", mods = list(scq = dat.debruin2009$scq)),
  list(set = "dat.viechtbauer2021:OR", mods = list(dose = dat.viechtbauer2021$dose)),
  list(set = "dat.bangertdrowns2004:GEN", mods = list(length = dat.bangertdrowns2004$length, grade = dat.bangertdrowns2004$grade)))
metareg <- list()
for (e in mods_of) for (m in METHODS) for (t in names(TESTS)) {
  X <- do.call(cbind, e$mods)
  rows_used <- which(complete.cases(X))
  X <- X[rows_used, , drop = FALSE]
  yi <- sets[[e$set]]$yi[rows_used]
  vi <- sets[[e$set]]$vi[rows_used]
  res <- fit(yi, vi, m, TESTS[[t]], mods = X)
  t2 <- tau2_interval(res)
  metareg[[length(metareg) + 1]] <- list(
    set = e$set, method = m, test = t, rows = rows_used - 1L,
    moderators = lapply(e$mods, function(x) x[rows_used]),
    call = sprintf("rma(yi, vi, mods = ~ %s)", paste(names(e$mods), collapse = " + ")),
    result = list(
      k = res$k, beta = c(res$beta), se = res$se, stat = res$zval, p = res$pval,
      ci_low = res$ci.lb, ci_high = res$ci.ub, tau2 = c(res$tau2), tau2_low = t2[1], tau2_high = t2[2],
      i2 = res$I2, h2 = res$H2, qe = res$QE, qe_df = res$k - res$p, qe_p = res$QEp,
      qm = res$QM, qm_df = res$QMdf[1], qm_p = res$QMp, r2 = res$R2))
}

# --------------------------------------- Egger's regression and trim-and-fill

egger <- list()
for (s in c("dat.bcg:RR", "dat.hackshaw1998:GEN", "dat.egger2001:OR", "dat.li2007:OR", "dat.molloy2014:ZCOR", "dat.raudenbush1985:GEN")) {
  yi <- as.numeric(sets[[s]]$yi)
  vi <- as.numeric(sets[[s]]$vi)
  classic <- regtest(yi, vi, model = "lm")
  cf <- summary(classic$fit)$coefficients
  egger[[length(egger) + 1]] <- list(
    set = s, method = "lm", test = "t", call = "regtest(yi, vi, model = \"lm\")",
    result = list(stat = classic$zval, df = classic$dfs, p = classic$pval, slope = cf[2, 1], se = cf[2, 2],
                  limit = classic$est, limit_low = classic$ci.lb, limit_high = classic$ci.ub))
  for (m in c("EE", "DL", "REML")) for (t in c("wald", "knha")) {
    res <- fit(yi, vi, m, TESTS[[t]])
    r <- suppressWarnings(regtest(res))
    egger[[length(egger) + 1]] <- list(
      set = s, method = m, test = t, call = "regtest(rma(yi, vi))",
      result = list(stat = unname(r$zval), df = if (t == "wald") NA else r$dfs, p = unname(r$pval),
                    slope = unname(c(r$fit$beta)[2]), se = r$fit$se[2], limit = unname(r$est),
                    limit_low = unname(r$ci.lb), limit_high = unname(r$ci.ub)))
  }
}

trim <- list()
for (s in c("dat.bcg:RR", "dat.hackshaw1998:GEN", "dat.egger2001:OR", "dat.li2007:OR", "dat.molloy2014:ZCOR",
            "dat.raudenbush1985:GEN", "dat.nielweise2007:OR", "dat.collins1985a:OR")) {
  for (m in c("EE", "DL", "REML")) for (side in c("auto", "left", "right")) {
    res <- fit(sets[[s]]$yi, sets[[s]]$vi, m)
    # trimfill() hands its own arguments, not those of the model, to the refits.
    control <- if (m == "REML") list(threshold = 1e-12, maxiter = 10000) else list()
    tf <- if (side == "auto") trimfill(res, control = control) else trimfill(res, side = side, control = control)
    trim[[length(trim) + 1]] <- list(
      set = s, method = m, side = side, call = "trimfill(rma(yi, vi), estimator = \"L0\")",
      result = list(k0 = tf$k0, se_k0 = tf$se.k0, side = tf$side, k = tf$k, estimate = c(tf$beta), se = tf$se,
                    ci_low = tf$ci.lb, ci_high = tf$ci.ub, tau2 = c(tf$tau2), q = tf$QE,
                    filled_yi = I(as.numeric(tf$yi)[tf$fill]), filled_vi = I(as.numeric(tf$vi)[tf$fill])))
  }
}

# ------------------------------------------------------------ Mantel-Haenszel

mh <- list()
for (d in c("dat.bcg", "dat.collins1985a", "dat.collins1985b", "dat.nielweise2007", "dat.li2007",
            "dat.lee2004", "dat.hine1989", "dat.linde2005")) {
  raw <- lapply(sets[[paste0(d, ":RR")]]$raw, as.numeric)
  for (m in c("RR", "OR", "RD")) {
    r <- suppressWarnings(do.call(rma.mh, c(list(measure = m), raw)))
    result <- list(k = r$k, k_yi = r$k.yi, estimate = unname(r$beta), se = r$se, ci_low = r$ci.lb, ci_high = r$ci.ub,
                   p = unname(r$pval), q = r$QE, q_df = r$k.yi - 1, q_p = r$QEp, i2 = r$I2, h2 = r$H2)
    if (m == "OR")
      result <- c(result, list(cmh = r$MH, cmh_p = r$MHp, bd = r$BD, bd_p = r$BDp, tarone = r$TA, tarone_p = r$TAp))
    mh[[length(mh) + 1]] <- list(set = paste0(d, ":RR"), measure = m, call = sprintf("rma.mh(measure = \"%s\")", m), result = lapply(result, unname))
  }
}

# ------------------------------------------- several rows of one study as one

combined <- list()
combine_sets <- list(
  "dat.cohen1981:ZCOR" = as.character(dat.cohen1981$study),
  "dat.molloy2014:ZCOR" = as.character(dat.molloy2014$authors),
  "dat.curtis1998:ROM" = as.character(dat.curtis1998$paper))
for (s in names(combine_sets)) {
  study <- combine_sets[[s]]
  d <- data.frame(study = study, yi = as.numeric(sets[[s]]$yi), vi = as.numeric(sets[[s]]$vi))
  d <- escalc(measure = "GEN", yi = yi, vi = vi, data = d)
  one <- function(...) {
    a <- aggregate(d, cluster = study, ...)
    a <- a[match(unique(study), a$study), ]
    list(yi = as.numeric(a$yi), vi = as.numeric(a$vi))
  }
  combined[[length(combined) + 1]] <- list(
    set = s, study = study, rho = 0.6,
    call = c("aggregate(struct = \"ID\")", "aggregate(rho = 0.6, weighted = FALSE)"),
    independent = one(struct = "ID"), correlated = one(rho = 0.6, weighted = FALSE))
}

# ----------------------------------------------------- paired data, conversions

pre_post <- list(m1i = c(24.1, 31.0, 18.2, 12.5), sd1i = c(4.4, 6.1, 3.9, 2.2),
                 m2i = c(27.3, 30.2, 22.9, 16.0), sd2i = c(5.2, 6.6, 4.8, 3.1), ni = c(12, 40, 25, 150))
paired <- lapply(c("MC", "SMCC", "SMCR"), function(m) lapply(c(0, 0.3, 0.5, 0.7, 0.95), function(r) {
  e <- do.call(escalc, c(list(measure = m), pre_post, list(ri = rep(r, 4))))
  list(measure = m, r = r, call = sprintf("escalc(measure = \"%s\", ri = %g)", m, r), yi = as.numeric(e$yi), vi = as.numeric(e$vi))
}))
paired <- list(raw = pre_post, results = do.call(c, paired))

conv <- function(measure, raw) {
  e <- do.call(escalc, c(list(measure = measure), raw))
  list(measure = measure, call = sprintf("escalc(measure = \"%s\")", measure), raw = raw, yi = as.numeric(e$yi), vi = as.numeric(e$vi))
}
gibson <- lapply(sets[["dat.gibson2002:SMD"]]$raw, as.numeric)
conversions <- list(
  conv("PHI", bcg), conv("OR2DL", bcg), conv("RPB", normand), conv("RPB", gibson), conv("D2ORL", normand), conv("D2ORL", gibson))

# -------------------------------------------------------- intervals of a table
#
# metafor has neither the hybrid-score nor the Miettinen-Nurminen interval.
#   newcombe  square-and-add of the Wilson limits given by stats::prop.test();
#   mn_rd     Miettinen and Nurminen (1985): the restricted maximum-likelihood
#   mn_rr     estimate is found by a root search on the score equation and the
#             limits by a root search on the statistic - no closed form is used;
#   koopman   epiR:::zRRscore, closed form, no N/(N - 1) factor;
#   mee       epiR:::zARscore, no N/(N - 1) factor, stops near 1e-6.

wilson <- function(x, n) as.numeric(suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int)
newcombe <- function(a, n1, c, n2) {
  p1 <- a / n1; p2 <- c / n2
  w1 <- wilson(a, n1); w2 <- wilson(c, n2)
  c(p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2))
}
term <- function(count, p) if (count == 0) 0 else count / p
mle <- function(score, lo, hi) {
  edge <- 1e-13 * (hi - lo)
  if (score(lo + edge) <= 0) return(lo)
  if (score(hi - edge) >= 0) return(hi)
  uniroot(score, c(lo + edge, hi - edge), tol = 1e-16, maxiter = 10000)$root
}
mn_rd_stat <- function(a, n1, c, n2, d) {
  score <- function(p) term(a, p + d) - term(n1 - a, 1 - p - d) + term(c, p) - term(n2 - c, 1 - p)
  p2 <- mle(score, max(0, -d), min(1, 1 - d)); p1 <- p2 + d; N <- n1 + n2
  (a / n1 - c / n2 - d) / sqrt((p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * N / (N - 1))
}
mn_rr_stat <- function(a, n1, c, n2, phi) {
  score <- function(p) (a + c) / p - term(n1 - a, 1 - p * phi) * phi - term(n2 - c, 1 - p)
  p2 <- mle(score, 0, min(1, 1 / phi)); p1 <- p2 * phi; N <- n1 + n2
  (a / n1 - phi * c / n2) / sqrt((p1 * (1 - p1) / n1 + phi^2 * p2 * (1 - p2) / n2) * N / (N - 1))
}
z <- qnorm(0.975)
mn_rd <- function(a, n1, c, n2) {
  d <- a / n1 - c / n2
  side <- function(target, from, to) {
    f <- function(x) mn_rd_stat(a, n1, c, n2, x) - target
    uniroot(f, sort(c(from, to)), tol = 1e-13, maxiter = 10000)$root
  }
  c(side(z, d - 1e-9, -1 + 1e-9), side(-z, d + 1e-9, 1 - 1e-9))
}
mn_rr <- function(a, n1, c, n2) {
  side <- function(target, from, to) {
    f <- function(x) mn_rr_stat(a, n1, c, n2, exp(x)) - target
    exp(uniroot(f, sort(c(from, to)), tol = 1e-13, maxiter = 10000)$root)
  }
  rr <- min(max(log((a / n1) / (c / n2)), -14.9), 14.9)
  c(if (a == 0) 0 else side(z, rr - 1e-9, -15), if (c == 0) Inf else side(-z, rr + 1e-9, 15))
}
tables <- list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20), c(0, 10, 0, 10),
               c(10, 10, 0, 20), c(10, 10, 0, 10), c(4, 123, 11, 139), c(1, 20, 18, 20), c(0, 50, 5, 50), c(62, 13598, 248, 12867),
               c(30, 30, 12, 40), c(15, 30, 40, 40))
intervals <- lapply(tables, function(x) {
  a <- x[1]; n1 <- x[2]; c <- x[3]; n2 <- x[4]
  dat <- matrix(c(a, c, n1 - a, n2 - c), 2)   # epiR reads exposure rows, outcome columns
  result <- list(newcombe = newcombe(a, n1, c, n2), wilson1 = wilson(a, n1), wilson2 = wilson(c, n2))
  extreme <- (a == n1 && c == 0) || (a == 0 && c == n2) || (a == 0 && c == 0)
  if (!extreme) result$mn_rd <- mn_rd(a, n1, c, n2)
  if (a > 0 || c > 0) { r <- mn_rr(a, n1, c, n2); result$mn_rr <- ifelse(is.finite(r), r, NA) }
  if (a > 0 && c > 0 && a < n1 && c < n2) {
    result$koopman <- as.numeric(epiR:::zRRscore(c(a, n1 - a, c, n2 - c), 0.95))[2:3]
    result$mee <- as.numeric(epiR:::zARscore(c(a, c, n1 - a, n2 - c), 0.95, 1))[2:3]
  }
  list(ai = a, n1i = n1, ci = c, n2i = n2, result = result)
})

# ------------------------------------------------------------------ zero cells

zero <- list(ai = c(0, 5, 0, 12, 3), n1i = c(20, 25, 30, 12, 15), ci = c(4, 0, 0, 12, 5), n2i = c(22, 25, 28, 12, 14))
zero_cells <- do.call(c, lapply(c("RR", "OR", "RD"), function(m) lapply(c(FALSE, TRUE), function(drop) {
  e <- do.call(escalc, c(list(measure = m, drop00 = drop), zero))
  list(measure = m, drop00 = drop, raw = zero, call = sprintf("escalc(measure = \"%s\", drop00 = %s)", m, drop),
       yi = as.numeric(e$yi), vi = as.numeric(e$vi))
})))

json <- list(
  versions = list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")),
                  metadat = as.character(packageVersion("metadat")), epiR = as.character(packageVersion("epiR"))),
  sets = sets, models = models, leave_one_out = leave1, cumulative = cumulative, subgroups = subgroups,
  meta_regression = metareg, egger = egger, trim_and_fill = trim, mantel_haenszel = mh, combined = combined,
  paired = paired, conversions = conversions, intervals = intervals, zero_cells = zero_cells)
write_json(json, out, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = 1)
cat(length(setdiff(unique(sapply(sets, `[[`, "dataset")), "constructed")), "data sets,", length(sets), "outcome sets,", length(models), "models\n")
