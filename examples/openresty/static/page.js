"use strict";

// The pages work without this. It suggests a subdomain, copies records, and follows
// how far a domain is.

const FIRST_DELAY = 3000, LONGEST_DELAY = 60000;

function suggestMailFrom(domain, mailFrom) {
  let suggested = mailFrom.value;
  domain.addEventListener("input", () => {
    if (mailFrom.value === suggested) {
      suggested = domain.value.trim() && "bounce." + domain.value.trim();
      mailFrom.value = suggested;
    }
  });
}

function addCopyButton(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + code.textContent);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  code.after(" ", button);
}

function show(status, said) {
  for (const name of ["dkim", "mail_from"]) {
    const element = document.getElementById(name);
    element.textContent = element.dataset.status = said[name];
  }
  status.dataset.progress = said.progress;
}

// A live region that is given the text that it has is not read out again.
function say(text) {
  const summary = document.getElementById("summary");
  if (summary.textContent !== text) {
    summary.textContent = text;
  }
}

// Asks once; in how many seconds to ask again at the earliest, or null: not at all.
async function ask(status) {
  const answer = await fetch(status.dataset.url, { cache: "no-store" });
  const said = await answer.json();
  if (!answer.ok) {
    say(said.error);
    return answer.status === 404 ? null : Number(answer.headers.get("Retry-After"));
  }
  show(status, said);
  say(said.summary);
  if (said.progress === "FAILED") {
    location.reload(); // it has a button then
  }
  return said.progress === "PENDING" ? 0 : null;
}

function follow(status, delay) {
  setTimeout(async () => {
    let least = 0;
    try {
      least = await ask(status);
    } catch {
      say("There is no connection. This page goes on trying.");
    }
    if (least !== null) {
      follow(status, Math.min(Math.max(delay * 1.5, least * 1000), LONGEST_DELAY));
    }
  }, delay);
}

const domain = document.getElementById("domain");
if (domain) {
  suggestMailFrom(domain, document.getElementById("mail_from"));
}
if (navigator.clipboard) {
  document.querySelectorAll("td code").forEach(addCopyButton);
}
const status = document.getElementById("status");
if (status && status.dataset.progress === "PENDING") {
  follow(status, FIRST_DELAY);
}
