import { html, nothing } from '/lib/lit-html/lit-html.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { isOpen, set, state } from '/state.js';
import { clock, t } from '/words.js';
import { bar, chip, drillMark, gradeBlock } from '/views/parts.js';

export const warningList = (actions) => {
  const w = t();
  const all = state.warnings ?? [];
  const shown = state.showAll ? all : all.filter((x) => isOpen(x) || x.id === state.selected);
  return html`
    <div class="list-head">
      <h2>${w.warnings}</h2>
      <div class="switch" role="group">
        ${tab(!state.showAll, `${w.open} ${all.filter(isOpen).length}`, false)}
        ${tab(state.showAll, `${w.all} ${all.length}`, true)}
      </div>
    </div>
    ${shown.length === 0
      ? html`<p class="empty">
          ${state.warnings === null ? w.loading : all.length ? w.noOpen : w.noWarnings}
        </p>`
      : html`<ul class="list">${repeat(shown, (x) => x.id, (x) => item(x, actions))}</ul>`}
  `;
};

const tab = (on, text, showAll) =>
  html`<button aria-pressed=${on} @click=${() => set({ showAll })}>${text}</button>`;

const item = (x, actions) => {
  const w = t();
  const on = x.id === state.selected;
  return html`
    <li>
      <button class="item ${on ? 'item-on' : ''} ${x.drill ? 'item-drill' : ''} ${isOpen(x) ? '' : 'item-over'}"
        aria-current=${on ? 'true' : 'false'} @click=${() => actions.select(x.id)}>
        <span class="item-line">
          ${gradeBlock(x)} ${drillMark(x)} ${chip(x.status, w.status[x.status])}
          <time>${clock(x.accepted)}</time>
        </span>
        <span class="item-headline">${x.headline}</span>
        ${x.points > 0 && !x.released
          ? html`<span class="item-count">${w.pointCount(x.points)}</span>`
          : nothing}
        ${x.points > 0 && x.released
          ? html`<span class="item-line item-count">
              ${bar({ total: x.points, covered: x.covered, reached: x.reached })}
              <span>${x.covered}/${x.points}</span>
            </span>`
          : nothing}
      </button>
    </li>
  `;
};
