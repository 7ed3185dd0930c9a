import { html, nothing } from '/lib/lit-html/lit-html.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { may, now, state } from '/state.js';
import { because, duration, t } from '/words.js';
import { drillMark, gradeBlock } from '/views/parts.js';

const CALLS_SHOWN = 3;

/** What the machine could not do: people must call or knock. */
export const duty = (actions) => {
  const w = t();
  const tasks = state.duty ?? [];
  return html`
    <section class="card ${tasks.length ? 'card-duty' : ''}">
      <h2>${w.dutyTasks} ${tasks.length ? html`<span class="tally">${tasks.length}</span>` : nothing}</h2>
      ${tasks.length === 0
        ? html`<p class="empty">${state.duty === null ? w.loading : w.noDuty}</p>`
        : html`<ul class="tasks">${repeat(tasks, (x) => x.id, (x) => task(x, actions))}</ul>`}
    </section>
  `;
};

const task = (x, actions) => {
  const w = t();
  return html`
    <li class="task ${x.takenBy ? 'task-taken' : ''} ${x.drill ? 'task-drill' : ''}">
      <p class="task-head">
        ${gradeBlock(x)} ${drillMark(x)} <b>${x.village || x.town}</b>
        <time>${duration(now() - Date.parse(x.since))}</time>
      </p>
      <p class="task-kind task-${x.kind}">${w.duty[x.kind]}</p>
      <p class="task-items">${x.items.map((i) => i.name).join('、')}</p>
      <p class="task-why">${[...new Set(x.items.map((i) => because(i.reason)))].filter(Boolean).join(w.and)}</p>
      ${x.calls.length
        ? html`<ul class="calls">
              ${x.calls.slice(0, CALLS_SHOWN).map(call)}
            </ul>
            ${x.calls.length > CALLS_SHOWN
              ? html`<details>
                  <summary>${w.moreCalls(x.calls.length - CALLS_SHOWN)}</summary>
                  <ul class="calls">${x.calls.slice(CALLS_SHOWN).map(call)}</ul>
                </details>`
              : nothing}`
        : nothing}
      ${x.takenBy
        ? html`<p class="taken">${w.takenBy(x.takenBy)}</p>`
        : may('CONFIRM')
          ? html`<button @click=${() => actions.take(x)}>${w.take}</button>`
          : nothing}
    </li>
  `;
};

const call = (c) => html`
  <li>${c.name} ${may('SEE_PERSONAL') ? html`<a href="tel:${c.phone}">${c.phone}</a>` : c.phone}</li>
`;
