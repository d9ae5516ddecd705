"use strict";
(function () {
  var root = document.documentElement;
  function speak(lang) {
    root.lang = lang;
    document.querySelectorAll("button[data-lang]").forEach(function (it) {
      it.setAttribute("aria-pressed", String(it.dataset.lang === lang));
    });
    var title = document.querySelector("h1 [lang^=" + lang.slice(0, 2) + "]");
    if (title) { document.title = title.textContent; }
  }
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    for (var it = target; it; it = it.parentElement) { if (it.tagName === "DETAILS") { it.open = true; } }
    target.scrollIntoView({ block: "center" });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.dataset.lang) { speak(button.dataset.lang); }
    if (button.dataset.act === "print") { window.print(); }
    if (button.dataset.act === "toggle") {
      var all = document.querySelectorAll("details.session");
      var open = Array.prototype.some.call(all, function (it) { return !it.open; });
      all.forEach(function (it) { it.open = open; });
    }
  });
  window.addEventListener("beforeprint", function () {
    var all = document.querySelectorAll("details.session");
    if (all.length <= 40) { all.forEach(function (it) { it.open = true; }); }
  });
  window.addEventListener("hashchange", reveal);
  speak(root.lang);
  reveal();
})();
