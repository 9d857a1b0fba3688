// The side bar, the colours' button, copy buttons, unfolding of what an address or the printer asks for.
(function () {
  "use strict";
  var root = document.documentElement;
  var base = root.dataset.root;

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // navigation.js: [[tag, address, [[method, title, address, deprecated], ...]], ...]
  function fillSide(side, groups) {
    var filled = document.createDocumentFragment();
    groups.forEach(function (group) {
      var details = element("details");
      var list = element("ul");
      details.append(element("summary", "", group[0]), list);
      group[2].forEach(function (entry) {
        var item = element("li", entry[3] ? "old" : "");
        var link = element("a");
        link.href = base + entry[2];
        link.append(element("span", "method " + entry[0].toLowerCase(), entry[0]), element("span", "summary", entry[1]));
        if (entry[2] === root.dataset.address) {
          link.setAttribute("aria-current", "page");
          details.open = true;
        }
        item.append(link);
        list.append(item);
      });
      if (groups.length === 1) details.open = true;
      filled.append(details);
    });
    side.append(filled);
    var current = side.querySelector("[aria-current]");
    if (current) side.scrollTop = current.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 3;
  }

  function themeButton(button) {
    var words = { "": "as the system", dark: "dark", light: "light" };
    var signs = { "": "◐", dark: "●", light: "○" };
    var order = matchMedia("(prefers-color-scheme: dark)").matches ? ["", "light", "dark"] : ["", "dark", "light"];
    function show() {
      var theme = root.dataset.theme || "";
      button.textContent = signs[theme];
      button.setAttribute("aria-label", "Colours: " + words[theme]);
      button.title = "Colours: " + words[theme];
    }
    button.addEventListener("click", function () {
      var next = order[(order.indexOf(root.dataset.theme || "") + 1) % order.length];
      if (next) root.dataset.theme = next;
      else delete root.dataset.theme;
      try {
        localStorage.setItem("specfoundry-theme", next);
      } catch (error) {
        // Storage is denied: the choice lasts for this page.
      }
      show();
    });
    show();
  }

  // Pages opened from a folder or over plain HTTP have no clipboard interface.
  function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var area = element("textarea", "hidden");
    area.value = text;
    document.body.append(area);
    area.select();
    var copied = document.execCommand("copy");
    area.remove();
    return copied ? Promise.resolve() : Promise.reject(new Error("not copied"));
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest(".copy");
    if (!button) return;
    function say(word) {
      button.textContent = word;
      setTimeout(function () { button.textContent = "Copy"; }, 1500);
    }
    copyText(button.parentElement.querySelector("code").textContent).then(
      function () { say("Copied"); },
      function () { say("Not copied"); }
    );
  });

  function unfoldTarget() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (var node = target; node; node = node.parentElement) if (node.localName === "details") node.open = true;
    var own = target.querySelector(":scope > details");
    if (own) own.open = true;
    target.scrollIntoView();
  }

  addEventListener("hashchange", unfoldTarget);
  var unfolded = [];
  addEventListener("beforeprint", function () {
    unfolded = Array.from(document.querySelectorAll("main details:not([open])"));
    unfolded.forEach(function (details) { details.open = true; });
  });
  addEventListener("afterprint", function () {
    unfolded.forEach(function (details) { details.open = false; });
  });

  fillSide(document.getElementById("side"), window.specfoundryNavigation || []);
  themeButton(document.getElementById("theme"));
  if (location.hash) unfoldTarget();
})();
