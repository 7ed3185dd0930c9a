import { html, nothing } from '/lib/lit-html/lit-html.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { may, state } from '/state.js';
import { clock, t } from '/words.js';
import { chip } from '/views/parts.js';

/** Who wrote, as far as anybody knows. */
const who = (x) => x.name || x.sender?.name || x.from || t().unknownSender;

const waiting = () => (state.inbox?.items ?? []).filter((x) => !x.seenBy);

/** Somebody writes of danger: said at the top of the page, wherever one is on it. */
export const alarmBanner = (actions) => {
  const alarms = waiting().filter((x) => x.kind === 'ALARM');
  if (alarms.length === 0) return nothing;
  return html`
    <p class="banner banner-alarm" role="alert">
      <span>
        <b>${t().inboxAlarm(state.inbox.alarms, `${who(alarms[0])} “${alarms[0].text.slice(0, 40)}”`)}</b>
      </span>
      <button @click=${actions.lookAtInbox}>${t().inboxLook}</button>
    </p>
  `;
};

/** What people wrote and what was no answer: danger first, then the newest; what was seen is folded away. */
export const inbox = (actions) => {
  const w = t();
  const all = state.inbox?.items ?? [];
  const open = waiting().sort((a, b) => (a.kind === 'ALARM' ? 0 : 1) - (b.kind === 'ALARM' ? 0 : 1));
  const seen = all.filter((x) => x.seenBy);
  const alarm = open.some((x) => x.kind === 'ALARM');
  return html`
    <section class="card ${alarm ? 'card-duty' : ''}" id="inbox">
      <h2>${w.inbox} ${open.length ? html`<span class="tally">${state.inbox.unseen}</span>` : nothing}</h2>
      ${open.length === 0
        ? html`<p class="empty">${state.inbox === null ? w.loading : w.inboxEmpty}</p>`
        : html`<ul class="letters">${repeat(open, (x) => x.number, (x) => letter(x, actions))}</ul>`}
      ${seen.length
        ? html`<details class="seen">
            <summary>${w.inboxOlder} ${seen.length}</summary>
            <ul class="letters">${repeat(seen, (x) => x.number, (x) => letter(x, actions))}</ul>
          </details>`
        : nothing}
    </section>
  `;
};

const letter = (x, actions) => {
  const w = t();
  const about = state.warnings?.find((v) => v.id === x.warning);
  const known = x.sender ? [x.sender.title, x.sender.place].filter(Boolean).join(' ') : '';
  return html`
    <li class="letter letter-${x.kind}">
      <p class="letter-head">
        ${x.kind === 'REPORT' ? nothing : chip(x.kind, w.wordsKind[x.kind])}
        <b>${x.name || x.sender?.name || w.unknownSender}</b>
        <time>${clock(x.at)}</time>
      </p>
      <p class="letter-text">${x.text}</p>
      <div class="letter-foot">
      <p class="letter-from">
        ${may('SEE_PERSONAL') && x.from && x.channel === 'sms' ? html`<a href="tel:${x.from}">${x.from}</a>` : x.from}
        ${known ? html`<span>${known}</span>` : nothing}
        ${x.warning
          ? html`<span>${w.about} ${about
              ? html`<button class="link" @click=${() => actions.select(x.warning)}>${about.headline}</button>`
              : x.warning}</span>`
          : html`<span>${w.notAbout}</span>`}
      </p>
      ${x.seenBy
        ? html`<p class="taken">${w.seenBy(x.seenBy, clock(x.seenAt))}</p>`
        : may('CONFIRM')
          ? html`<button class=${x.kind === 'ALARM' ? 'primary' : ''} @click=${() => actions.seen(x)}>
              ${x.kind === 'ALARM' ? w.seen : w.seenShort}
            </button>`
          : nothing}
      </div>
    </li>
  `;
};
