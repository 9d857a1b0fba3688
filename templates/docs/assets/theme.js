// Runs before the page is painted, so that nothing flashes: puts the reader's choice of colours in place.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("scripted");
  try {
    var chosen = localStorage.getItem("specfoundry-theme");
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  } catch (error) {
    // Storage is denied: the system's colours stay.
  }
})();
