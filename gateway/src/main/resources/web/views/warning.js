import { html, nothing } from '/lib/lit-html/lit-html.js';
import { may } from '/state.js';
import { clock, t } from '/words.js';
import { bar, chip, gradeBlock } from '/views/parts.js';

/** The chosen warning: what it is, where it stands, how far it has come, what can be done to it. */
export const warningHead = (x, actions) => {
  const w = t();
  return html`
    <article class="card head ${x.drill ? 'head-drill' : ''}">
      ${x.drill ? html`<p class="drill-band">${w.drillLong}</p>` : nothing}
      <div class="head-line">
        ${gradeBlock(x)}
        <h1>${x.headline}</h1>
        ${chip(x.status, w.status[x.status])}
      </div>
      <p class="facts">
        <span>${x.senderName}</span>
        <span>${w.sent} <time>${clock(x.sent)}</time></span>
        ${x.released ? html`<span>${w.released} <time>${clock(x.released)}</time></span>` : nothing}
        ${x.points > 0 && !x.released ? html`<span>${w.pointCount(x.points)}</span>` : nothing}
        <span>
          ${x.inForceUntil ? html`${w.until} <time>${clock(x.inForceUntil)}</time>` : w.untilLifted}
        </span>
      </p>
      ${x.why && x.status !== 'RELEASED' ? html`<p class="held-why"><b>${w.heldWhy}</b> ${x.why}</p>` : nothing}
      ${x.doubts.length ? html`<ul class="doubts">${x.doubts.map((d) => html`<li>${d}</li>`)}</ul>` : nothing}
      ${content(x)} ${x.points > 0 && x.released ? counts(x) : nothing} ${buttons(x, actions)}
    </article>
  `;
};

/** Who approves must have read it; later it is there for who wants it. */
const content = (x) =>
  x.description || x.instruction
    ? html`<details ?open=${!x.released}>
        <summary>${t().content}</summary>
        <p class="words">${x.description}</p>
        <p class="words">${x.instruction}</p>
        ${x.notices.length
          ? html`<p class="words"><b>${t().noticed}</b></p>
              <ul class="notices">${x.notices.map((n) => html`<li>${n}</li>`)}</ul>`
          : nothing}
      </details>`
    : nothing;

const counts = (x) => {
  const w = t();
  return html`
    <div class="counts">
      ${count('covered', x.covered, w.covered)} ${count('reached', x.reached, w.reached)}
      ${count('unreached', x.unreached, w.unreached)} ${count('total', x.points, w.points)}
    </div>
    ${bar({ total: x.points, covered: x.covered, reached: x.reached })}
  `;
};

const count = (kind, n, word) =>
  html`<div class="count count-${kind} ${n ? '' : 'count-none'}"><b>${n}</b><span>${word}</span></div>`;

const buttons = (x, actions) => {
  const w = t();
  const waits = x.status === 'HELD' || x.status === 'AWAITING_APPROVAL';
  const open = (kind) => () => actions.open({ kind, warning: x });
  const shown = [
    waits && may('APPROVE') ? html`<button class="primary" @click=${open('approve')}>${w.approve}</button>` : nothing,
    waits && may('APPROVE') ? html`<button @click=${open('reject')}>${w.reject}</button>` : nothing,
    x.status === 'RELEASED' && may('LIFT') ? html`<button @click=${open('lift')}>${w.lift}</button>` : nothing,
    x.points > 0 && x.released
      ? html`<a class="button" href="/api/v1/warnings/${x.id}/report.xlsx" download>${w.report} .xlsx</a>`
      : nothing,
  ];
  return shown.every((s) => s === nothing) ? nothing : html`<p class="buttons">${shown}</p>`;
};
