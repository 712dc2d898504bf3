"""A whole project of three made-up studies: small, valid, and quick to check.

Its tables follow the description of the repository, whose columns it leaves empty where it has
nothing to say.
"""

# ruff: noqa: E501 (a row of a table is one line)
from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFAULTS = {"source_id": "alpha2020", "locator": "Table 1", "extracted": "2026-11-21"}
BIBLIOGRAPHY = "\n".join(
    f"@article{{{key}, author={{{{Group {key[:-4]}}}}}, title={{A trial}}, year={{{key[-4:]}}}}}"
    for key in ("alpha2020", "beta2021", "gamma2022")
)
TABLES = {
    "sources": """source_id,reference,kind,read
alpha2020,alpha2020,primary report,2026-11-21
beta2021,beta2021,secondary review,2026-11-21""",
    "reference_lists": """source_id,number,reference
beta2021,1,alpha2020
beta2021,2,gamma2022""",
    "conditions": """condition_id,label,group
pain,Pain,Immune and nervous system
colon_cancer,Colon cancer,Cancer""",
    "agents": """agent_id,label,kind,formula,source_id,locator
naltrexone,Naltrexone,naltrexone,C20H23NO4,alpha2020,Table 1
cisplatin,Cisplatin,anticancer drug,,,""",
    "species": """species_id,label,km,body_weight
human,Human,37,60
mouse,Mouse,3,0.020""",
    "units": """unit,dimension,factor,description
mg,dose (g),1e-3,milligrams
mg/kg,dose per body weight (g/kg),1e-3,milligrams per kilogram
nmol/L,amount concentration (mol/L),1e-9,nanomolar
h,time (h),1,hours
L/h,clearance (L/h),1,litres per hour
%,fraction (1),1e-2,per cent
count,count (1),1,number
grade,grade (1),1,points""",
    "outcomes": """outcome_id,label,family,better,description
pain_score,Pain,symptoms and quality of life,lower,Pain.
response,Response,tumour response,higher,Response.
growth,Growth,tumour growth,lower,Size of the tumour.""",
    "studies": """study_id,reference,cited_as,conditions,design,species_id,model,n,registration,source_id
alpha2020,alpha2020,,pain,randomised trial,human,Adults,80,NCT01234567,alpha2020
beta2021_cells,beta2021,,colon_cancer,in vitro,human,Cells,,,beta2021
gamma2022_mice,gamma2022,[2],colon_cancer pain,in vivo,mouse,Mice,20,,beta2021""",
    "doses": """dose_id,study_id,agent_id,called,amount,amount_high,unit,route
alpha2020.ldn,alpha2020,naltrexone,LDN,4.5,,mg,oral
beta2021_cells.ntx,beta2021_cells,naltrexone,NTX,10,100,nmol/L,in culture
gamma2022_mice.ldn,gamma2022_mice,naltrexone,LDN,0.1,,mg/kg,intraperitoneal""",
    "arms": """arm_id,study_id,label,role,doses,n
alpha2020.ldn,alpha2020,LDN,intervention,alpha2020.ldn,40
alpha2020.placebo,alpha2020,No treatment,untreated control,,40
beta2021_cells.ntx,beta2021_cells,NTX,intervention,beta2021_cells.ntx,
gamma2022_mice.ldn,gamma2022_mice,LDN,intervention,gamma2022_mice.ldn,10""",
    "measurements": """measurement_id,arm_id,outcome_id,timepoint,n,mean,sd,events,percent,statistic,value,unit
alpha2020.m1,alpha2020.ldn,pain_score,baseline,40,6.1,1.9,,,,,grade
alpha2020.m2,alpha2020.ldn,pain_score,after treatment,40,4.2,2.1,,,,,grade
alpha2020.m3,alpha2020.placebo,pain_score,baseline,40,6.0,2.0,,,,,grade
alpha2020.m4,alpha2020.placebo,pain_score,after treatment,40,5.4,2.2,,,,,grade
alpha2020.m5,alpha2020.ldn,response,after treatment,40,,,12,30,,,count
alpha2020.m6,alpha2020.placebo,response,after treatment,40,,,7,18,,,count
beta2021_cells.m1,beta2021_cells.ntx,growth,48 h,,,,,,value,61.5,%""",
    "comparisons": """comparison_id,arm_id,comparator_id,outcome_id,timepoint,direction,measure,effect,ci_low,ci_high,unit,p
alpha2020.c1,alpha2020.ldn,alpha2020.placebo,pain_score,after treatment,decrease,mean difference,-1.2,-2.2,-0.2,grade,0.02
alpha2020.c2,alpha2020.ldn,alpha2020.placebo,response,after treatment,increase,,,,,,0.19
gamma2022_mice.c1,gamma2022_mice.ldn,,growth,,decrease,,,,,,<0.05""",
    "characteristics": """characteristic_id,study_id,item,statement,reported
alpha2020.k1,alpha2020,setting,One clinic.,yes""",
    "pharmacology": """parameter_id,agent_id,parameter,target,value,low,high,unit,statement,usable
p1,naltrexone,half-life,,4,,,h,Half-life.,yes
p2,naltrexone,systemic clearance,,94,,,L/h,Clearance.,yes
p3,naltrexone,bioavailability,,,5,40,%,Share that is absorbed.,yes
p4,naltrexone,dose band,low dose,,1,5,mg,Low dose.,yes
p5,naltrexone,dose band,standard dose,,25,50,mg,Standard dose.,yes""",
    "reference_values": """value_id,topic,quantity,low,high,unit,meaning,statement
r1,pain in cancer,frequency,55,66,%,frequency,How common it is.""",
    "mechanism_nodes": """node_id,label,compartment,description
ldn,LDN,outside,Low-dose naltrexone
mor,MOR,membrane,A receptor""",
    "mechanisms": """edge_id,source_node,target_node,effect,driver,cell,evidence,figures
e1,ldn,mor,binds,low-dose naltrexone,any cell,stated,1""",
    "discrepancies": """discrepancy_id,source_id,kind,locator,printed,table,row,column,why,likely,established,effect
beta2021-d1,beta2021,values differ,Table 1,20,studies,gamma2022_mice,n,They differ.,19,internal comparison,None.""",
    "citations": """citation_id,source_id,locator,printed,number,cites_for,entry_is_about,verdict,should_be,established
beta2021-c1,beta2021,section 1,[1],1,Pain,Pain,supports,,cited title
beta2021-c2,beta2021,section 2,[1],1,Mice,Pain,wrong entry,2,cited title""",
    "risk_of_bias": """judgement_id,study_id,tool,tool_version,domain,judgement,reason
alpha2020.b1,alpha2020,RoB 2,22 August 2019,overall,some concerns,It is not registered.""",
    "trustworthiness": """check_id,study_id,domain,judgement,reason
alpha2020.t1,alpha2020,overall,no concerns,Nothing was found.""",
    "retractions": """reference,retracted,notice,reason
gamma2022,2026-11-20,10.1000/notice,The data could not be produced.""",
    "second_readings": """table,row,column,first,second,reader,extracted,kept,reason,resolved
measurements,alpha2020.m4,mean,5.4,5.4,person,2026-11-22,,,
measurements,alpha2020.m4,sd,2.3,2.2,person,2026-11-22,second,A slip of the pen.,2026-11-23
comparisons,gamma2022_mice.c1,p,<0.05,not printed,program,2026-11-22,first,It stands in the text.,2026-11-23""",
    "certainty": """certainty_id,question,population,intervention,comparator,outcome_id,studies,certainty,reason,sentence
pain,Does it help?,Adults,LDN,No treatment,pain_score,alpha2020,low,One small trial.,It may help.""",
    "claims": """claim_id,page,sentence,view,rows,relation,number
few-people,index,Hardly anyone was studied.,studies,in_people and low_dose,is at most,3
some-point,index,Some results point one way.,results,favours == 'intervention',is at least half of,favours != 'unclear'""",
    "updates": """date,kind,summary
2026-11-21,studies added,First edition.""",
}


def content(name: str) -> bytes:
    """Return the file of a table."""
    package = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    (schema,) = [table["schema"] for table in package["resources"] if table["name"] == name]
    columns = [field["name"] for field in schema["fields"]]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in csv.DictReader(TABLES[name].splitlines()):
        writer.writerow({c: v for c, v in DEFAULTS.items() if c in columns} | row)
    return text.getvalue().encode("utf-8")


def write(folder: Path) -> Path:
    """Write the project into a new folder and return it."""
    (folder / "data").mkdir(parents=True)
    shutil.copy(ROOT / "data/datapackage.json", folder / "data")
    for name in TABLES:
        (folder / f"data/{name}.csv").write_bytes(content(name))
    (folder / "references.bib").write_text(BIBLIOGRAPHY + "\n", encoding="utf-8")
    (folder / "_config.yml").write_text("title: A small review\n", encoding="utf-8")
    return folder
