/* What was scanned, on its way to the server: in order, each once, and kept in this page's memory while there is no
   network or nobody is signed in. Nothing of it is stored: it ends with the page. */
const TIMEOUT = 60000;
const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 4000];
const SIGNED_OUT = ["access.unknown", "access.role", "access.second-factor"];
const AGAIN = [429, 502, 503, 504];

export class Sender {
  /** `told` is given `(entry, content)` with a part of the page, or `(entry, null, problem)`; `state` is given
      `idle`, `working`, `waiting` (no network), `signed-out` or `other-person`, and what is not verified yet. */
  constructor(facts, told, state) {
    this.token = facts.token;
    this.login = facts.login;
    this.told = told;
    this.state = state;
    this.entries = [];
    this.running = false;
    this.now = "idle";
    this.wake = () => {};
    addEventListener("online", () => this.wake());
  }

  /** Send something to be looked at: `fields` of a form, and perhaps a `file`. */
  add(label, fields, file) {
    this.entries.push({ key: crypto.randomUUID(), label, fields, file });
    this.say(this.now === "idle" ? "working" : this.now);
    this.run();
  }

  drop() {
    this.entries = [];
    this.wake();
    this.say("idle");
  }

  say(state) {
    this.now = state;
    this.state(state, this.entries.map((entry) => entry.label));
  }

  async run() {
    if (this.running) { return; }
    this.running = true;
    let pause = FIRST_PAUSE;
    this.say("working");
    while (this.entries.length) {
      const entry = this.entries[0];
      const answer = await this.post("counter/look", form(entry), { "Idempotency-Key": entry.key });
      if (entry !== this.entries[0]) { continue; } // it was dropped meanwhile
      if (answer.signedOut) {
        this.running = false;
        this.say("signed-out");
        return;
      }
      if (answer.later) {
        this.say("waiting");
        await this.pause(Math.max(pause, answer.seconds * 1000));
        pause = Math.min(pause * 2, LONGEST_PAUSE);
        continue;
      }
      pause = FIRST_PAUSE;
      this.entries.shift();
      this.told(entry, answer.content, answer.problem);
    }
    this.running = false;
    this.say("idle");
  }

  pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  /** Somebody has signed in again: go on, if it is the same person. */
  async resume() {
    try {
      const answer = await fetch("counter/session", { cache: "no-store", redirect: "error" });
      const session = answer.ok ? await answer.json() : null;
      if (!session) { return; }
      this.token = session.token;
      if (session.login !== this.login) {
        this.entries = [];
        this.say("other-person");
        return;
      }
    } catch (error) {
      return; // still no network, or nobody signed in
    }
    this.run();
  }

  /** Ask for a part of the page: `content`, or `problem`; `later` if there was no answer of ours. */
  async post(address, body, headers) {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), TIMEOUT);
    try {
      const answer = await fetch(address, {
        method: body === undefined ? "GET" : "POST",
        body,
        headers: { ...headers, ...(body === undefined ? {} : { "X-Form-Token": this.token }) },
        cache: "no-store",
        redirect: "error",
        signal: control.signal,
      });
      return await this.read(answer);
    } catch (error) {
      return { later: true, seconds: 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  async read(answer) {
    const type = (answer.headers.get("content-type") || "").split(";")[0];
    if (answer.ok && type === "text/html") { return { content: parsed(await answer.text()) }; }
    const problem = type === "application/problem+json" ? await answer.json() : null;
    if (problem && SIGNED_OUT.includes(problem.code)) { return { signedOut: true, problem }; }
    if (problem && problem.code === "access.form") { return { signedOut: true, problem }; } // another session by now
    if (!problem || AGAIN.includes(answer.status)) {
      return { later: true, seconds: Number(answer.headers.get("retry-after")) || 0 };
    }
    return { problem };
  }

  /** A small question in JSON, which is not sent again by itself. */
  ask(address, fields) {
    return this.post(address, JSON.stringify(fields), { "content-type": "application/json" });
  }
}

function form(entry) {
  const body = new FormData();
  Object.entries(entry.fields).forEach(([name, value]) => body.append(name, value));
  if (entry.file) { body.append("file", entry.file, entry.file.name); }
  return body;
}

/** Our own server's template, every value escaped; the policy lets no inline script run. */
function parsed(text) {
  const holder = document.createElement("template");
  holder.innerHTML = text;
  return holder.content;
}
