// A grid of controls that is `data-grid` columns wide: arrow keys move the focus, Home and End along the row. Tab still reaches each of them.
addEventListener("keydown", (event) => {
  const grid = event.target.closest?.("[data-grid]");
  if (!grid || event.altKey || event.ctrlKey || event.metaKey) return;
  const columns = Number(grid.dataset.grid);
  const cells = [...grid.querySelectorAll("input, button")];
  const at = cells.indexOf(event.target);
  const first = at - (at % columns);
  const to = {
    ArrowLeft: Math.max(at - 1, first),
    ArrowRight: Math.min(at + 1, first + columns - 1),
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: first,
    End: first + columns - 1,
  }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  cells[to]?.focus();
});
