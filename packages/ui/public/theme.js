// Runs before the first paint, so that a dark page never flashes white. The pages take over in src/theme.ts.
(function () {
  let choice = null;
  try {
    choice = localStorage.getItem('bellwether.theme');
  } catch {
    // Storage may be forbidden; the system's choice then holds.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
