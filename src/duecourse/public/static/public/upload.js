// Sends chosen files in parts, each tried again until it is there, so that a weak line loses nothing.
// Without this script the form sends the files whole. It keeps no word of them: only locked tickets of the server's, and
// only in this tab, so that after a reload the same file, chosen again, goes on where it stopped.
"use strict";
(() => {
  const input = document.querySelector("input[type=file][data-part]");
  if (!input || !window.fetch || !window.FormData || !Blob.prototype.slice) return;
  const form = input.form, list = document.getElementById("uploads"), words = input.dataset;
  const value = (name) => form.querySelector(`[name=${name}]`).value;
  const pause = (milliseconds) => new Promise((go) => {
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", () => { clearTimeout(timer); go(); }, { once: true });
  });
  let busy = 0, asked = false;

  const remembered = (key) => { try { return sessionStorage.getItem(key) || ""; } catch { return ""; } };
  const remember = (key, ticket) => { try { sessionStorage.setItem(key, ticket); } catch { /* then without */ } };
  const forget = (key) => { try { sessionStorage.removeItem(key); } catch { /* then without */ } };

  // A name for a file that says nothing of it (FNV-1a over name, size and day).
  const nameOf = (file) => {
    let hash = 0x811c9dc5;
    for (const letter of `${file.name}|${file.size}|${file.lastModified}`) {
      hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
    }
    return `part-${hash.toString(16)}-${file.size.toString(16)}`;
  };

  // Ask until the server answers; a refusal is an answer, a broken line is not.
  const ask = async (fields, line) => {
    for (let turn = 0; ; turn += 1) {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", value("csrfmiddlewaretoken"));
      for (const [name, one] of Object.entries(fields)) body.append(name, one);
      const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 120000);
      try {
        const answer = await fetch(words.part, { method: "POST", body, credentials: "same-origin", signal: stop.signal });
        if (answer.status < 500) return await answer.json();
      } catch { /* the line */ } finally { clearTimeout(timer); }
      line.tell(words.waiting);
      await pause(Math.min(30000, 500 * 2 ** Math.min(turn, 6)));
    }
  };

  const lineFor = (file) => {
    const row = document.createElement("p"), text = document.createElement("span"), bar = document.createElement("progress");
    row.className = "govuk-body dc-upload";
    bar.max = file.size; bar.value = 0; bar.setAttribute("aria-label", file.name);
    row.append(text, " ", bar);
    list.append(row);
    return {
      tell: (said) => { text.textContent = `${file.name}: ${said}`; },
      move: (bytes) => { bar.value = bytes; },
      end: (said) => { text.textContent = `${file.name}: ${said}`; bar.remove(); },
    };
  };

  const send = async (file) => {
    const line = lineFor(file), key = nameOf(file);
    line.tell(words.sending);
    for (let round = 0; round < 3; round += 1) {
      const begun = await ask({ do: "begin", ticket: remembered(key), code: value("code"), stamp: value("stamp"),
        name: file.name, size: String(file.size) }, line);
      if (begun.kept) return keep(file, begun, key, line);
      if (!begun.ticket) return line.end(`${words.refused}. ${begun.problem || ""}`);
      remember(key, begun.ticket);
      const have = new Set(begun.have), count = Math.ceil(file.size / begun.bytes);
      let again = false;
      for (let index = 0; index < count && !again; index += 1) {
        if (!have.has(index)) {
          const part = file.slice(index * begun.bytes, (index + 1) * begun.bytes);
          const taken = await ask({ do: "part", ticket: begun.ticket, index: String(index), part }, line);
          if (taken.again) again = true;
          else if (taken.problem) { forget(key); return line.end(`${words.refused}. ${taken.problem}`); }
        }
        line.tell(words.sending);
        line.move(Math.min(file.size, (index + 1) * begun.bytes));
      }
      if (!again) {
        const done = await ask({ do: "done", ticket: begun.ticket }, line);
        if (done.kept) return keep(file, done, key, line);
      }
      forget(key);
    }
    return line.end(words.refused);
  };

  const keep = (file, done, key, line) => {
    const hidden = document.createElement("input");
    hidden.type = "hidden"; hidden.name = "kept"; hidden.value = done.kept;
    form.append(hidden);
    forget(key);
    line.end(words.done);
  };

  const take = async () => {
    const files = [...input.files];
    input.value = "";
    busy += files.length;
    for (const file of files) {
      try { await send(file); } finally { busy -= 1; }
    }
  };
  input.addEventListener("change", take);
  if (input.files.length) take(); // chosen before this script was there

  form.addEventListener("submit", (event) => {
    if (busy && !asked) {
      event.preventDefault();
      asked = true;
      const said = document.createElement("p");
      said.className = "govuk-body";
      said.textContent = words.busy;
      list.append(said);
    }
  });
})();
