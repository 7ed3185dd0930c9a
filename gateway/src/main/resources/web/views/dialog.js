import { html, nothing } from '/lib/lit-html/lit-html.js';
import { keyed } from '/lib/lit-html/directives/keyed.js';
import { ref } from '/lib/lit-html/directives/ref.js';
import { api } from '/api.js';
import { state } from '/state.js';
import { because, clock, t } from '/words.js';
import { stateWord } from '/views/channels.js';
import { chip, gradeBlock } from '/views/parts.js';

// It is not in the document yet when it is made.
const shown = (element) => {
  if (element) queueMicrotask(() => element.isConnected && !element.open && element.showModal());
};

/** The one dialog that is open, if any: a word about a point, or a decision about a warning. */
export const dialog = (actions) => {
  const d = state.dialog;
  if (!d) return nothing;
  const body = (BODIES[d.kind] ?? decision)(d, actions);
  // A cancel by Escape closes it like the button does.
  return keyed(
    `${d.kind} ${d.warning?.id} ${d.point?.id} ${d.channel}`,
    html`<dialog ${ref(shown)} aria-labelledby="dialog-title" @close=${actions.close}>${body}</dialog>`,
  );
};

const foot = (d, actions, word, kind = 'primary') => html`
  ${d.error ? html`<p class="error" role="alert">${d.error}</p>` : nothing}
  <p class="buttons">
    <button class=${kind} ?disabled=${d.busy}>${word}</button>
    <button type="button" @click=${actions.close}>${t().cancel}</button>
  </p>
`;

const confirm = (d, actions) => {
  const w = t();
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const moved = form.get('moved');
    actions.submit(() =>
      api.confirm(d.warning.id, d.point.id, {
        how: form.get('how'),
        who: form.get('who'),
        note: form.get('note'),
        covered: form.get('outcome') === 'covered',
        ...(moved === '' ? {} : { moved: Number(moved) }),
      }),
    );
  };
  return html`
    <form @submit=${submit} class=${d.warning.drill ? 'dialog-drill' : ''}>
      ${d.warning.drill ? html`<p class="drill-band">${w.drillLong}</p>` : nothing}
      <h2 id="dialog-title">${w.confirmOf(d.point.name)}</h2>
      <fieldset>
        <legend>${w.how}</legend>
        <div class="choices">
          ${w.hows.map((h, i) => html`<label><input type="radio" name="how" value=${h} required ?autofocus=${i === 0} /> ${h}</label>`)}
        </div>
      </fieldset>
      <label>${w.who}<input name="who" maxlength="64" placeholder=${w.whoHint} /></label>
      <label>${w.note}<textarea name="note" rows="3" maxlength="1000"></textarea></label>
      <label>${w.movedPeople}<input name="moved" type="number" min="0" max="100000" inputmode="numeric" /></label>
      <fieldset>
        <legend>${w.outcome}</legend>
        <label><input type="radio" name="outcome" value="covered" checked /> ${w.outcomeCovered}</label>
        <label><input type="radio" name="outcome" value="open" /> ${w.outcomeOpen}</label>
      </fieldset>
      ${foot(d, actions, w.save)}
    </form>
  `;
};

const decision = (d, actions) => {
  const w = t();
  const x = d.warning;
  const words = {
    approve: [w.approveTitle(x.drill), w.approveText(x.points), w.approve],
    reject: [w.rejectTitle, w.rejectText, w.reject],
    lift: [w.liftTitle(x.drill), w.liftText, w.lift],
  }[d.kind];
  const submit = (event) => {
    event.preventDefault();
    const why = new FormData(event.target).get('why') ?? '';
    actions.submit(() => api.decide(x.id, d.kind, why));
  };
  return html`
    <form @submit=${submit} class=${x.drill ? 'dialog-drill' : ''}>
      ${x.drill ? html`<p class="drill-band">${w.drillLong}</p>` : nothing}
      <h2 id="dialog-title">${words[0]}</h2>
      <p class="head-line">${gradeBlock(x)} <b>${x.headline}</b></p>
      <p>${words[1]}</p>
      ${d.kind === 'approve'
        ? nothing
        : html`<label>${w.why}<textarea name="why" rows="2" maxlength="500" autofocus ?required=${d.kind === 'reject'}></textarea></label>`}
      ${foot(d, actions, words[2], x.drill || d.kind !== 'approve' ? 'primary' : 'primary danger')}
    </form>
  `;
};

/** What went out for one point, to whom, and what became of it. */
const deliveries = (d, actions) => {
  const w = t();
  return html`
    <form method="dialog" class="sheet ${d.warning.drill ? 'dialog-drill' : ''}">
      ${d.warning.drill ? html`<p class="drill-band">${w.drillLong}</p>` : nothing}
      <h2 id="dialog-title">${w.deliveriesOf(d.point.name)}</h2>
      ${d.error
        ? html`<p class="error" role="alert">${d.error}</p>`
        : d.rows === null
          ? html`<p class="empty">${w.loading}</p>`
          : d.rows.length === 0
            ? html`<p class="empty">${w.noDeliveries}</p>`
            : html`<ul class="rows" tabindex="0" aria-labelledby="dialog-title">${d.rows.map(row)}</ul>`}
      <p class="buttons"><button type="button" autofocus @click=${actions.close}>${w.close}</button></p>
    </form>
  `;
};

const row = (r) => {
  const w = t();
  const why = because(r.reason);
  const state = r.report === 'TRYING' ? 'TRYING' : r.state;
  const waits = r.asleep ? (r.details ? w.afterBrief : w.asleep) : '';
  return html`
    <li>
      <p class="row-head">
        <b>${r.name}</b> <span>${w.audience[r.audience]}</span>
        ${r.audience === 'LOUDSPEAKER'
          ? nothing
          : html`<span>${w.channel[r.channel] ?? r.channel} ${r.address}</span>`}
        ${r.details ? chip('details', w.details) : nothing}
        ${chip(state, waits || (r.details && w.toldDetails[state]) || stateWord(r.channel, state))}
      </p>
      <p class="row-more">
        ${r.since ? html`<time>${clock(r.since)}</time>` : nothing}
        ${r.attempts > 1 ? html`<span>${w.tries(r.attempts)}</span>` : nothing}
        ${why && r.state !== 'CONFIRMED' ? html`<span>${why}</span>` : nothing}
      </p>
      <p class="row-text">${r.text}</p>
    </li>
  `;
};

/** A test message, and beneath it, live, what became of it. */
const test = (d, actions) => {
  const w = t();
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    actions.test(d.channel, form.get('phone'), form.get('text'));
  };
  const x = d.test;
  const state = x && (x.trying && x.state === 'SENT' ? 'TRYING' : x.state);
  const runs = x && (x.state === 'QUEUED' || x.state === 'SENT');
  return html`
    <form @submit=${submit}>
      <h2 id="dialog-title">${d.channel === 'sms' ? w.test : w.testTitle(w.channel[d.channel] ?? d.channel)}</h2>
      <p>${w.testHint}</p>
      <label>${w.testPhone}<input name="phone" type="tel" required maxlength="20" pattern="[+]?[0-9 ]{3,20}" autofocus /></label>
      <label>${w.testText}<textarea name="text" rows="3" maxlength="190" required .defaultValue=${w.testDefault}></textarea></label>
      ${x
        ? html`<p class="test-result test-${state}" role="status">
            ${w.testState[state]} ${x.reason && x.state !== 'DELIVERED' ? html`<small>${because(x.reason)}</small>` : nothing}
          </p>`
        : nothing}
      ${d.error ? html`<p class="error" role="alert">${d.error}</p>` : nothing}
      <p class="buttons">
        <button class="primary" ?disabled=${d.busy || runs}>${x ? w.testAgain : w.testSend}</button>
        <button type="button" @click=${actions.close}>${x ? w.close : w.cancel}</button>
      </p>
    </form>
  `;
};

const BODIES = { confirm, deliveries, test };
