// Sets the chosen theme before the first paint. Without a choice the page follows the system.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage is refused: the system's theme it is */ }
document.documentElement.classList.add("js");
