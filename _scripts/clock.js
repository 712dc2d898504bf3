// The clock of the first page: whether the next update is overdue, by the reader's own date.
// The page may stand for years without being built again, so only the reader's day can tell.

(() => {
  "use strict";

  const clock = document.getElementById("clock");
  const state = document.getElementById("clock-state");
  const [year, month, day] = clock.dataset.due.split("-").map(Number);

  // whole days between two midnights of the reader; an hour of summer time is rounded away
  const now = new Date();
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const late = Math.round((today - new Date(year, month - 1, day)) / 86400000);

  clock.classList.toggle("lr-overdue", late > 0);
  if (late > 0) state.textContent = `overdue by ${late} ${late === 1 ? "day" : "days"}`;
})();
