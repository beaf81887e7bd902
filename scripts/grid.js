// A grid of controls that is `data-grid` columns wide, or of columns so high with `data-by-column`: arrow keys move the focus, Home and End along a row, or
// a column. Tab reaches each of them, or the one that was reached last where the page gives all but one no tab stop.
addEventListener("keydown", (event) => {
  const grid = event.target.closest?.("[data-grid]");
  if (!grid || event.altKey || event.ctrlKey || event.metaKey) return;
  const length = Number(grid.dataset.grid);
  const cells = [...grid.querySelectorAll("input, button, a")];
  const at = cells.indexOf(event.target);
  const first = at - (at % length);
  const byColumn = "byColumn" in grid.dataset;
  const along = { before: Math.max(at - 1, first), after: Math.min(at + 1, first + length - 1) };
  const across = { before: at - length, after: at + length };
  const [sideways, upright] = byColumn ? [across, along] : [along, across];
  const to = {
    ArrowLeft: sideways.before,
    ArrowRight: sideways.after,
    ArrowUp: upright.before,
    ArrowDown: upright.after,
    Home: first,
    End: Math.min(first + length - 1, cells.length - 1),
  }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  if (!cells[to]) return;
  if (event.target.tabIndex === 0 && cells[to].tabIndex === -1) {
    event.target.tabIndex = -1;
    cells[to].tabIndex = 0;
  }
  cells[to].focus();
});
