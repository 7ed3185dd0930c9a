import { html, nothing } from '/lib/lit-html/lit-html.js';
import { t } from '/words.js';

const key = (grade) => grade ?? 'none';

/** The grade's colour with its word: colour alone says nothing to many. */
export const gradeBlock = (warning) => html`
  <span class="grade grade-${key(warning.grade)}">
    <b>${t().grade[key(warning.grade)]}</b>${t().level[key(warning.grade)]
      ? html`<small>${t().level[key(warning.grade)]}</small>`
      : nothing}
  </span>
`;

export const drillMark = (warning) =>
  warning.drill ? html`<span class="drill-mark">${t().drill}</span>` : nothing;

/** Covered, reached and unreached as one bar; the words stand beside it. */
export const bar = ({ total, covered, reached }) => {
  const part = (n) => (total ? (100 * n) / total : 0);
  return html`
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-unreached" x="0" y="0" width="100" height="10"></rect>
      <rect class="bar-reached" x="0" y="0" width=${part(covered + reached)} height="10"></rect>
      <rect class="bar-covered" x="0" y="0" width=${part(covered)} height="10"></rect>
    </svg>
  `;
};

export const chip = (kind, text) => html`<span class="chip chip-${kind}">${text}</span>`;
