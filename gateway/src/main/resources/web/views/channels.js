import { html, nothing } from '/lib/lit-html/lit-html.js';
import { state } from '/state.js';
import { t } from '/words.js';

const STATES = ['QUEUED', 'SENT', 'DELIVERED', 'CONFIRMED', 'FAILED', 'EXPIRED', 'CANCELLED'];

/** What works, and what became of the chosen warning's deliveries on it. */
export const channels = (warning) => {
  const w = t();
  const all = state.channels;
  return html`
    <section class="card">
      <h2>${w.channels}</h2>
      ${all === null
        ? html`<p class="empty">${w.loading}</p>`
        : all.length === 0
          ? html`<p class="error" role="alert">${w.noChannels}</p>`
          : html`<ul class="channels">${all.map((c) => channel(c, warning))}</ul>`}
    </section>
  `;
};

/** A loudspeaker plays, a person answers: one word would say too much of the other. */
const word = (channel, s) => (channel === 'loudspeaker' && t().play[s]) || t().delivery[s];

const channel = (c, warning) => {
  const w = t();
  const counts = warning?.byChannel[c.name] ?? {};
  return html`
    <li>
      <p class="channel-head">
        <span class="lamp lamp-${c.state}"></span><b>${w.channel[c.name] ?? c.name}</b>
        <span class="health health-${c.state}">${w.health[c.state]}</span>
      </p>
      ${c.why ? html`<p class="channel-why">${c.why}</p>` : nothing}
      <dl class="channel-counts">
        ${STATES.filter((s) => counts[s]).map((s) => html`<div class="d-${s}"><dt>${word(c.name, s)}</dt><dd>${counts[s]}</dd></div>`)}
      </dl>
    </li>
  `;
};
