import { html } from '/lib/lit-html/lit-html.js';
import { state } from '/state.js';
import { inChinese, t } from '/words.js';

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

/** What is wrong, a line a part; in Chinese where the part says it so. */
const why = (c) => {
  const parts = c.parts.filter((p) => p.state !== 'UP' && p.facts.whyZh);
  return inChinese() && parts.length ? parts.map((p) => p.facts.whyZh) : c.why ? [c.why] : [];
};

const channel = (c, warning) => {
  const w = t();
  const counts = warning?.byChannel[c.name] ?? {};
  return html`
    <li>
      <p class="channel-head">
        <span class="lamp lamp-${c.state}"></span><b>${w.channel[c.name] ?? c.name}</b>
        <span class="health health-${c.state}">${w.health[c.state]}</span>
      </p>
      ${why(c).map((line) => html`<p class="channel-why">${line}</p>`)}
      <dl class="channel-counts">
        ${STATES.filter((s) => counts[s]).map((s) => html`<div class="d-${s}"><dt>${word(c.name, s)}</dt><dd>${counts[s]}</dd></div>`)}
      </dl>
    </li>
  `;
};
