import { html, nothing, svg } from '/lib/lit-html/lit-html.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { may, state } from '/state.js';
import { inChinese, t } from '/words.js';

const STATES = ['QUEUED', 'SENT', 'UNKNOWN', 'DELIVERED', 'CONFIRMED', 'FAILED', 'EXPIRED', 'CANCELLED'];

/** What works, and what became of the chosen warning's deliveries on it. */
export const channels = (warning, actions) => {
  const w = t();
  const all = state.channels;
  return html`
    <section class="card">
      <h2>${w.channels}</h2>
      ${all === null
        ? html`<p class="empty">${w.loading}</p>`
        : all.length === 0
          ? html`<p class="error" role="alert">${w.noChannels}</p>`
          : html`<ul class="channels">${repeat(all, (c) => c.name, (c) => channel(c, warning, actions))}</ul>
              ${reach()}`}
    </section>
  `;
};

const MOST_LACKING = 50;
const FIT = 6; // more than these are scrolled through

/** Who can't be reached by WeChat: to be mended before the storm. */
const reach = () => {
  const r = state.reach;
  const w = t().reach;
  if (!r || !state.channels.some((c) => c.name === 'wechat' || c.name === 'wecom')) return nothing;
  const lacking = r.points - r.complete;
  return html`<div class="reach">
    <p>${w.people(r.responsibleReached, r.responsible)}</p>
    <p>${w.homes(r.householdsReached, r.households)}</p>
    ${lacking === 0
      ? nothing
      : html`<details>
          <summary>${w.lacking(lacking)}</summary>
          <ul tabindex=${r.items.length > FIT ? 0 : nothing} aria-label=${w.lacking(lacking)}>
            ${r.items
              .slice(0, MOST_LACKING)
              .map((p) => html`<li>
                <b>${p.name}</b> <small>${p.village}</small>
                <span>${p.missing.length ? p.missing.join(inChinese() ? '、' : ', ') : w.nobody}</span>
              </li>`)}
          </ul>
          ${lacking > MOST_LACKING ? html`<p>${w.more(lacking - MOST_LACKING)}</p>` : nothing}
        </details>`}
  </div>`;
};

/** A loudspeaker plays, a person answers: one word would say too much of the other. */
export const stateWord = (channel, s) => (channel === 'loudspeaker' && t().play[s]) || t().delivery[s];

const channel = (c, warning, actions) => {
  const w = t();
  const counts = warning?.byChannel[c.name] ?? {};
  const modems = c.tests ? c.parts.filter(isModem) : [];
  const up = modems.filter((p) => p.state === 'UP').length;
  return html`
    <li>
      <p class="channel-head">
        <span class="lamp lamp-${c.state}"></span><b>${w.channel[c.name] ?? c.name}</b>
        ${modems.length ? html`<small>${w.partsUp(up, modems.length)}</small>` : nothing}
        <span class="health health-${c.state}">${w.health[c.state]}</span>
      </p>
      ${modems.length ? nothing : why(c).map((line) => html`<p class="channel-why">${line}</p>`)}
      <dl class="channel-counts">
        ${STATES.filter((s) => counts[s]).map((s) => html`<div class="d-${s}"><dt>${stateWord(c.name, s)}</dt><dd>${counts[s]}</dd></div>`)}
      </dl>
      ${modems.length
        ? html`<ul class="modems">${repeat([...modems].sort(worstFirst), (p) => p.name, modem)}</ul>`
        : nothing}
      ${c.tests && may('TEST')
        ? html`<button class="test" @click=${() => actions.open({ kind: 'test', channel: c.name, test: null })}>${w.test}</button>`
        : nothing}
    </li>
  `;
};

/** What is wrong, a line a part; in Chinese where the part says it so. */
const why = (c) => {
  const parts = c.parts.filter((p) => p.state !== 'UP' && p.facts.whyZh);
  return inChinese() && parts.length ? parts.map((p) => p.facts.whyZh) : c.why ? [c.why] : [];
};

/** Links and accounts have nothing of their own to show beside what the channel says. */
const isModem = (p) => 'signal' in p.facts || 'port' in p.facts;

const BADNESS = { DOWN: 0, DEGRADED: 1, UP: 2 };
const worstFirst = (a, b) => BADNESS[a.state] - BADNESS[b.state] || a.name.localeCompare(b.name);

const modem = (p) => {
  const w = t().modem;
  const f = p.facts;
  const why = (inChinese() && f.whyZh) || p.why;
  const error = (inChinese() && f.lastErrorZh) || f.lastError;
  const recovery = (inChinese() && f.recoveryZh) || f.recovery;
  const left = w.leftValue(f.hourLeft, f.dayLeft);
  const row = (name, value) =>
    value === undefined || value === '' ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`
    <li class="modem modem-${p.state}">
      <details>
        <summary>
          <span class="lamp lamp-${p.state}"></span>
          <b>${p.name.split('/').pop()}</b>
          <span class="modem-op">${f.operator ?? ''}</span>
          ${signal(f.signal)}
        </summary>
        <dl class="modem-facts">
          ${row(w.sim, f.sim)} ${row(w.queue, f.queue)} ${row(w.rate, f.sentPerMinute ?? f.sentLastMinute)}
          ${row(w.left, left)} ${row(w.error, error)} ${row(w.recovery, recovery)} ${row(w.sent, f.sent)}
          ${row(w.model, [f.model, f.imei].filter(Boolean).join(' · '))} ${row(w.port, p.name)}
        </dl>
      </details>
      <p class="modem-line">
        ${f.queue && f.queue !== '0' ? html`<span>${w.queue} ${f.queue}</span>` : nothing}
        ${f.sentPerMinute ?? f.sentLastMinute
          ? html`<span>${w.rate} ${f.sentPerMinute ?? f.sentLastMinute}</span>`
          : nothing}
        ${left ? html`<span>${w.left} ${left}</span>` : nothing}
      </p>
      ${p.state !== 'UP' && why ? html`<p class="modem-why">${why}</p>` : nothing}
      ${p.state === 'UP' && error ? html`<p class="modem-error">${w.error}: ${error}</p>` : nothing}
    </li>
  `;
};

/** Bars as phones show them, with the figure beside them. */
const signal = (text) => {
  const w = t().modem;
  const dbm = /^-\d+/.test(text ?? '') ? Number.parseInt(text, 10) : null;
  const bars = dbm === null ? 0 : dbm >= -73 ? 4 : dbm >= -85 ? 3 : dbm >= -97 ? 2 : dbm >= -107 ? 1 : 0;
  return html`<span class="signal" title="${w.signal}">
    <svg viewBox="0 0 20 14" width="20" height="14" aria-hidden="true">
      ${[0, 1, 2, 3].map((i) => svg`<rect class=${i < bars ? 'bar-on' : 'bar-off'} x=${i * 5} y=${10 - i * 3} width="4" height=${4 + i * 3}></rect>`)}
    </svg>
    <span>${dbm === null ? w.none : `${dbm} dBm`}</span>
  </span>`;
};
