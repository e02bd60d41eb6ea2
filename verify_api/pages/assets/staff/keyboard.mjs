/* A keyboard first: shortcuts, and scanners, which are keyboards that type wherever the cursor happens to stand. */
const SCANNED = /^\s*(https?|ｈｔｔｐ|ＨＴＴＰ)|^[0-9０-９]{39,}$/i;
const TYPED = ["INPUT", "TEXTAREA", "SELECT"];

/** `actions`: shortcut → function. `entry`: the input that everything goes to. `scanned`: given a text that a scanner
    typed elsewhere. */
export function listen(actions, entry, scanned) {
  document.addEventListener("keydown", (event) => {
    const action = actions[name(event)];
    if (action) {
      event.preventDefault();
      action();
      return;
    }
    const plain = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (plain && event.key !== " " && !TYPED.includes(event.target.tagName) && !document.querySelector("dialog[open]")) {
      entry.focus(); // the character goes there, too
    }
  });
  document.querySelectorAll("#case input").forEach((field) => {
    let [before, typed] = [field.value, ""];
    field.addEventListener("focus", () => { [before, typed] = [field.value, ""]; });
    field.addEventListener("keydown", (event) => {
      if (event.key.length === 1 && !event.ctrlKey) { typed += event.key; } // all of it, however little the field takes
      if (event.key !== "Enter") { return; }
      event.preventDefault();
      if (SCANNED.test(typed)) {
        field.value = before;
        scanned(typed);
        typed = "";
        return;
      }
      [before, typed] = [field.value, ""];
      following(field).focus();
    });
  });
}

function name(event) {
  if (event.altKey && !event.ctrlKey) { return event.code.startsWith("Digit") ? `Alt+${event.code.slice(5)}` : `Alt+${event.code.slice(3)}`; }
  return event.ctrlKey || event.metaKey || event.shiftKey ? "" : event.key;
}

function following(field) {
  const all = [...document.querySelectorAll("#case input, #entry")];
  return all[all.indexOf(field) + 1];
}

/** Tabs: one of them is in the order of the Tab key, arrows go to the others. */
export function tabs(list) {
  const all = [...list.querySelectorAll("[role=tab]")];
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) { choose(tab); }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) { return; }
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    choose(next);
    next.focus();
  });
  function choose(tab) {
    all.forEach((each) => {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !chosen;
    });
  }
  return choose;
}
