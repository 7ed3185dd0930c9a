import { html, nothing } from '/lib/lit-html/lit-html.js';
import { keyed } from '/lib/lit-html/directives/keyed.js';
import { ref } from '/lib/lit-html/directives/ref.js';
import { api } from '/api.js';
import { state } from '/state.js';
import { t } from '/words.js';
import { gradeBlock } from '/views/parts.js';

// It is not in the document yet when it is made.
const shown = (element) => {
  if (element) queueMicrotask(() => element.isConnected && !element.open && element.showModal());
};

/** The one dialog that is open, if any: a word about a point, or a decision about a warning. */
export const dialog = (actions) => {
  const d = state.dialog;
  if (!d) return nothing;
  const body = d.kind === 'confirm' ? confirm(d, actions) : decision(d, actions);
  // A cancel by Escape closes it like the button does.
  return keyed(
    `${d.kind} ${d.warning.id} ${d.point?.id}`,
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
