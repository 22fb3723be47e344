"use strict";
const form = document.getElementById("invitation");
const status = document.getElementById("status");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = Object.fromEntries(new FormData(form));
  body.token = location.hash.slice(1);
  const response = await fetch("/v1/invitations/accept", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.ok) {
    form.hidden = true;
    status.textContent = "Welcome. You can sign in now: POST /v1/sessions.";
    return;
  }
  const problem = await response.json();
  const faults = (problem.errors || []).map((fault) => fault.pointer + ": " + fault.detail);
  status.textContent = [problem.title].concat(faults).join("\n");
});
