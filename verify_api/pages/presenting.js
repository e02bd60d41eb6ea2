/* Puts the code of the address into the form; nothing is asked before somebody presses the button.
   Written for the browsers of 2019, without syntax and functions that came later. */
(function () {
  "use strict";

  var form = document.getElementById("redeem-form");
  var code = document.getElementById("code");
  var button = form.querySelector("button");

  function fill() {
    // Messengers add parameters to addresses, some of them behind the fragment.
    var found = /^#([0-9]{39})(?:&.*)?$/.exec(location.hash);
    if (found) { code.value = location.origin + "/P#" + found[1]; }
    document.getElementById("code-part").hidden = Boolean(found);
  }

  form.addEventListener("keydown", function (event) {
    // A scanner ends with Enter; neither field holds a line break.
    if (event.key === "Enter" && event.target !== button) { event.preventDefault(); button.click(); }
  });
  // A second press would be told that the code was used.
  form.addEventListener("submit", function () { setTimeout(function () { button.disabled = true; }); });
  window.addEventListener("pageshow", function () { button.disabled = false; });
  window.addEventListener("hashchange", fill);
  fill();
}());
