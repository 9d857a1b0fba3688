// Full-text search over search-index.js, which is loaded when it is first wanted.
// An entry: [kind, title, address, subtitle, request line, names of its parts, text].
(function () {
  "use strict";
  var WEIGHTS = { title: 10, request: 9, subtitle: 7, names: 4, text: 1.5 };
  var KINDS = { operation: 1.25, error: 1.1, schema: 1, tag: 1.15, extension: 0.9 };
  var LIMIT = 30;
  var base = document.documentElement.dataset.root;
  var input = document.getElementById("search");
  var list = document.getElementById("found");
  var count = document.getElementById("found-count");
  var entries = null;
  var vocabulary = null;
  var loading = false;
  var active = -1;

  function words(text) {
    return text
      .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  }

  function field(text) {
    var lower = text.toLowerCase();
    return { lower: lower, words: words(text), joined: lower.replace(/[^\p{L}\p{N}]+/gu, "") };
  }

  function prepare(raw) {
    var known = new Set();
    entries = raw.map(function (entry) {
      var fields = {
        title: field(entry[1]),
        request: field(entry[4]),
        subtitle: field(entry[3]),
        names: field(entry[5].join(" ")),
        text: field(entry[6])
      };
      var names = entry[5].map(function (name) { return [name, name.toLowerCase()]; });
      Object.values(fields).forEach(function (one) { one.words.forEach(function (word) { known.add(word); }); });
      return { kind: entry[0], title: entry[1], address: entry[2], subtitle: entry[3], request: entry[4], names: names, fields: fields };
    });
    vocabulary = Array.from(known);
  }

  // Optimal string alignment distance, given up beyond `most`.
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    var before = [], row = [], next;
    for (var j = 0; j <= b.length; j++) row.push(j);
    for (var i = 1; i <= a.length; i++) {
      next = [i];
      var least = i;
      for (j = 1; j <= b.length; j++) {
        var cost = a[i - 1] === b[j - 1] ? 0 : 1;
        var value = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + cost);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, before[j - 2] + 1);
        next.push(value);
        if (value < least) least = value;
      }
      if (least > most) return most + 1;
      before = row;
      row = next;
    }
    return row[b.length];
  }

  // The words of the site that a mistyped one may stand for; none when it occurs as it is.
  function meant(token) {
    if (token.length < 4 || vocabulary.some(function (word) { return word.indexOf(token) >= 0; })) return [];
    var most = token.length > 7 ? 2 : 1;
    return vocabulary.filter(function (word) {
      return distance(token, word, most) <= most || (word.length > token.length && distance(token, word.slice(0, token.length), 1) <= 1);
    });
  }

  function quality(one, token) {
    if (one.lower === token || one.joined === token) return 2;
    if (one.words.indexOf(token) >= 0) return 1;
    if (one.words.some(function (word) { return word.startsWith(token); })) return 0.75;
    if (one.joined.startsWith(token)) return 0.7;
    return one.lower.indexOf(token) >= 0 ? 0.4 : 0;
  }

  function best(entry, token) {
    var score = 0;
    for (var name in WEIGHTS) score = Math.max(score, WEIGHTS[name] * quality(entry.fields[name], token));
    return score;
  }

  function search(query) {
    var tokens = query.toLowerCase().split(/\s+/).filter(Boolean).map(function (token) {
      return { text: token, meant: meant(token) };
    });
    var whole = query.trim().toLowerCase();
    var scored = [];
    entries.forEach(function (entry) {
      var total = 0;
      var hits = 0;
      tokens.forEach(function (token) {
        var score = best(entry, token.text);
        token.meant.forEach(function (word) { score = Math.max(score, best(entry, word) * 0.5); });
        if (score) hits += 1;
        total += score;
      });
      if (!hits) return;
      if (entry.fields.title.lower === whole || entry.fields.request.lower === whole) total += 40;
      else if (entry.fields.request.lower.endsWith(" " + whole)) total += 30;
      else if (entry.fields.subtitle.lower === whole) total += 15;
      else if (entry.fields.subtitle.lower.startsWith(whole)) total += 5;
      scored.push({ entry: entry, score: (total * KINDS[entry.kind] * hits) / tokens.length, hits: hits });
    });
    var most = scored.reduce(function (known, one) { return Math.max(known, one.hits); }, 0);
    scored = scored.filter(function (one) { return one.hits === most; });
    scored.sort(function (a, b) {
      return b.score - a.score || a.entry.title.length - b.entry.title.length || (a.entry.title < b.entry.title ? -1 : 1);
    });
    return { tokens: tokens.map(function (token) { return token.text; }), found: scored.map(function (one) { return one.entry; }) };
  }

  function marked(parent, text, tokens) {
    var lower = text.toLowerCase();
    var at = 0;
    while (at < text.length) {
      var start = -1, length = 0;
      tokens.forEach(function (token) {
        var index = lower.indexOf(token, at);
        if (index >= 0 && (start < 0 || index < start)) { start = index; length = token.length; }
      });
      if (start < 0) break;
      var mark = document.createElement("mark");
      mark.textContent = text.slice(start, start + length);
      parent.append(text.slice(at, start), mark);
      at = start + length;
    }
    parent.append(text.slice(at));
    return parent;
  }

  function span(className) {
    var made = document.createElement("span");
    made.className = className;
    return made;
  }

  function option(entry, index, tokens) {
    var link = document.createElement("a");
    link.id = "found-" + index;
    link.href = base + entry.address;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    link.tabIndex = -1;
    var named = entry.names.filter(function (name) {
      return tokens.some(function (token) { return token.length > 2 && name[1].indexOf(token) >= 0; });
    }).slice(0, 3).map(function (name) { return name[0]; });
    var kind = span("kind");
    kind.textContent = entry.kind;
    link.append(
      marked(span("title"), entry.subtitle && entry.kind === "operation" ? entry.subtitle : entry.title, tokens),
      kind,
      marked(span("sub"), [entry.request, entry.kind === "operation" ? entry.title : entry.subtitle].concat(named).filter(Boolean).join("  ·  "), tokens)
    );
    return link;
  }

  function choose(index) {
    var options = list.querySelectorAll("[role=option]");
    if (!options.length) return;
    if (active >= 0 && options[active]) options[active].setAttribute("aria-selected", "false");
    active = (index + options.length) % options.length;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show() {
    var query = input.value.trim();
    if (!query || !entries) return close();
    var result = search(query);
    list.replaceChildren.apply(list, result.found.slice(0, LIMIT).map(function (entry, index) {
      return option(entry, index, result.tokens);
    }));
    count.textContent = result.found.length + " found";
    if (!result.found.length) {
      var nothing = document.createElement("p");
      nothing.className = "nothing";
      nothing.textContent = "Nothing found";
      list.append(nothing);
    }
    list.hidden = false;
    list.scrollTop = 0;
    active = -1;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  }

  function load() {
    if (entries || loading) return;
    loading = true;
    var script = document.createElement("script");
    script.src = base + "search-index.js";
    script.onload = function () { prepare(window.specfoundrySearch); show(); };
    script.onerror = function () { loading = false; count.textContent = "The search index cannot be read"; };
    document.head.append(script);
  }

  var keys = {
    ArrowDown: function () { choose(active + 1); },
    ArrowUp: function () { choose(active - 1); },
    Escape: function () { if (list.hidden) input.blur(); close(); },
    Enter: function () {
      var chosen = list.querySelector("[aria-selected=true]");
      if (chosen && !list.hidden) chosen.click();
    }
  };

  input.addEventListener("focus", load);
  input.addEventListener("input", function () { load(); show(); });
  input.addEventListener("keydown", function (event) {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.form.addEventListener("submit", function (event) { event.preventDefault(); });
  list.addEventListener("click", close);
  document.addEventListener("click", function (event) { if (!input.form.contains(event.target)) close(); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
})();
