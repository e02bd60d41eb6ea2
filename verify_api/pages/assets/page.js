/* Asks without reloading, and reads the fragment of the QR's address, which browsers keep from servers.
   Written for the browsers of 2019, without syntax and functions that came later. */
(function () {
  "use strict";

  var root = document.documentElement;
  var status = document.getElementById("status");
  var result = document.getElementById("result");
  var fileForm = document.getElementById("file-form");
  var codeForm = document.getElementById("code-form");
  var TIMEOUT = 90000;
  var asked = 0; // only the answer to the latest question is shown

  function fromTemplate(id) {
    return document.getElementById(id).content.cloneNode(true);
  }

  function show(element, content) {
    element.textContent = "";
    element.appendChild(content);
  }

  function language() {
    return root.className === "en" ? "en" : "zh";
  }

  function setBusy(busy) {
    status.className = busy ? "busy" : "";
    result.setAttribute("aria-busy", String(busy));
    Array.prototype.forEach.call(document.querySelectorAll("button[type=submit]"), function (button) {
      button.disabled = busy;
    });
  }

  function present(content) {
    setBusy(false);
    show(result, content);
    var line = fromTemplate("done");
    var words = document.getElementById("words").cloneNode(true);
    words.removeAttribute("id");
    line.appendChild(words);
    show(status, line);
    document.getElementById("outcome").focus();
  }

  function parsed(text) {
    var holder = document.createElement("template");
    holder.innerHTML = text; // our own server's template, every value escaped; the CSP lets no inline script run
    return holder.content;
  }

  function ask(body) {
    var mine = ++asked;
    var control = new AbortController();
    var timer = setTimeout(function () { control.abort(); }, TIMEOUT);
    show(result, document.createDocumentFragment());
    show(status, fromTemplate("working"));
    setBusy(true);
    fetch("verify?part=result&lang=" + language(), {
      method: "POST", body: body, credentials: "omit", cache: "no-store", signal: control.signal
    }).then(function (answer) {
      if ((answer.headers.get("content-type") || "").indexOf("text/html") !== 0) { throw new Error("not ours"); }
      return answer.text();
    }).then(function (text) {
      var content = parsed(text);
      if (!content.querySelector("#outcome")) { throw new Error("not ours"); } // a captive portal, a proxy's error
      if (mine === asked) { present(content); }
    }).catch(function () {
      if (mine !== asked) { return; }
      present(fromTemplate("offline"));
      document.getElementById("again").addEventListener("click", function () { ask(body); });
    }).then(function () { clearTimeout(timer); });
  }

  function askCode(text) {
    var body = new FormData();
    body.append("code", text);
    ask(body);
  }

  function askFile(file) {
    var input = document.getElementById("file");
    if (file.size > Number(input.getAttribute("data-limit"))) {
      asked += 1;
      present(fromTemplate("too-large"));
      return;
    }
    var body = new FormData();
    body.append("file", file);
    ask(body);
  }

  function askFragment() {
    // Messengers add parameters to addresses; the code itself knows only host, path and fragment.
    if (/^#(?:[0-9]{100,}|[A-Z2-7]{40,})$/i.test(location.hash)) { askCode(location.origin + "/V" + location.hash); }
  }

  function switchLanguage(event) {
    event.preventDefault();
    var next = language() === "zh" ? "en" : "zh";
    root.className = next;
    root.lang = next === "zh" ? "zh-CN" : "en";
    document.title = next === "zh" ? "电子证照核验" : "Licence verification";
    history.replaceState(null, "", "?lang=" + next + location.hash);
  }

  document.getElementById("language").addEventListener("click", switchLanguage);
  if (!fileForm) { return; } // an answer page

  fileForm.addEventListener("submit", function (event) {
    event.preventDefault();
    var file = document.getElementById("file").files[0];
    if (file) { askFile(file); }
  });
  codeForm.addEventListener("submit", function (event) {
    event.preventDefault();
    var text = document.getElementById("code").value.trim();
    if (text) { askCode(text); }
  });
  document.getElementById("code").addEventListener("keydown", function (event) {
    // A scanner ends with Enter; a code holds no line break.
    if (event.key === "Enter") { event.preventDefault(); codeForm.querySelector("button").click(); }
  });
  ["dragover", "drop", "dragleave"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      event.preventDefault();
      fileForm.classList.toggle("dropping", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) { askFile(event.dataTransfer.files[0]); }
    });
  });
  document.addEventListener("paste", function (event) {
    var files = event.clipboardData ? event.clipboardData.files : [];
    if (files.length) { event.preventDefault(); askFile(files[0]); }
  });
  window.addEventListener("hashchange", askFragment);
  askFragment();
}());
