import { html, nothing } from '/lib/lit-html/lit-html.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { may, now, set, state } from '/state.js';
import { because, duration, t } from '/words.js';
import { bar, chip } from '/views/parts.js';

const MOST_ROWS = 150;
const MOST_REASONS = 3;

const villageOf = (p) => `${p.areaCode}/${p.village}`;

/** Points that are not covered, the longest waiting first, with what each still lacks. */
export const points = (warning, actions) => {
  const w = t();
  if (state.coverageError) return html`<p class="card error" role="alert">${w.failed(state.coverageError)}</p>`;
  if (state.coverage?.id !== warning.id) return html`<p class="empty">${w.loading}</p>`;
  const all = [...state.coverage.points.values()];
  if (all.length === 0) return html`<p class="empty">${w.noPoints}</p>`;
  if (!warning.released) return toTell(all);
  const open = all
    .filter((p) => p.state !== 'COVERED' && (!state.village || villageOf(p) === state.village))
    .sort(longestFirst);
  const confirms = may('CONFIRM') && warning.status === 'RELEASED';
  const village = state.village && all.find((p) => villageOf(p) === state.village)?.village;
  return html`
    <section class="card">
      <h2>
        ${w.uncoveredTitle} <span class="tally">${open.length}</span>
        <small>${w.oldestFirst}</small>
        ${village
          ? html`<button class="quiet" @click=${() => set({ village: '' })}>
              ${w.onlyVillage(village)} · ${w.showAll}
            </button>`
          : nothing}
      </h2>
      ${open.length === 0
        ? html`<p class="all-covered">✓ ${w.allCovered}</p>`
        : html`
            <table class="points">
              <thead>
                <tr>
                  <th scope="col">${w.point}</th>
                  <th scope="col">${w.state}</th>
                  <th scope="col">${w.missing}</th>
                  <th scope="col" class="number">${w.waiting}</th>
                  ${confirms ? html`<th scope="col"><span class="unseen">${w.confirm}</span></th>` : nothing}
                </tr>
              </thead>
              <tbody>
                ${repeat(open.slice(0, MOST_ROWS), (p) => p.id, (p) => row(p, warning, confirms, actions))}
              </tbody>
            </table>
            ${open.length > MOST_ROWS ? html`<p class="empty">${w.more(open.length - MOST_ROWS)}</p>` : nothing}
          `}
    </section>
  `;
};

/** Before the release there is nothing to cover yet. */
const toTell = (all) => html`
  <section class="card">
    <h2>${t().toTell} <span class="tally">${all.length}</span></h2>
    <ul class="to-tell">
      ${all.slice(0, MOST_ROWS).map((p) => html`<li>${p.name} <small>${p.village}</small></li>`)}
    </ul>
    ${all.length > MOST_ROWS ? html`<p class="empty">${t().more(all.length - MOST_ROWS)}</p>` : nothing}
  </section>
`;

/** Nobody told before somebody told, when both have waited as long. */
const longestFirst = (a, b) =>
  Date.parse(a.since ?? 0) - Date.parse(b.since ?? 0) ||
  (a.state === 'UNREACHED' ? 0 : 1) - (b.state === 'UNREACHED' ? 0 : 1) ||
  a.id.localeCompare(b.id);

const row = (p, warning, confirms, actions) => {
  const w = t();
  return html`
    <tr class="point-${p.state}">
      <th scope="row">
        <button class="link" @click=${() => actions.deliveries(warning, p)}>${p.name}</button>
        <small>
          ${p.village}${p.group ? html` · ${p.group}` : nothing}${p.implicit ? html` · ${w.implicit}` : nothing}
        </small>
      </th>
      <td>${chip(p.state, w.coverage[p.state])} ${p.duty ? chip('duty', w.dutyOpen) : nothing}</td>
      <td>
        ${p.missing.length ? p.missing.map((m) => w.proof[m]).join(w.and) : p.why}
        ${p.reasons.slice(0, MOST_REASONS).map((r) => html`<small class="why">${r.who}${w.colon}${because(r.reason)}</small>`)}
        <small>${w.told(p.told, p.households)} · ${w.moved(p.moved, p.people)}</small>
      </td>
      <td class="number" data-label=${w.waiting}><time>${p.since ? duration(now() - Date.parse(p.since)) : '—'}</time></td>
      ${confirms
        ? html`<td>
            <button aria-label=${w.confirmOf(p.name)} @click=${() => actions.open({ kind: 'confirm', warning, point: p })}>
              ${w.confirm}
            </button>
          </td>`
        : nothing}
    </tr>
  `;
};

/** One bar a village, the least covered first; choosing one shows its points alone. */
export const villages = () => {
  const w = t();
  const areas = [...(state.coverage?.byArea ?? [])].sort(
    (a, b) => a.covered / a.total - b.covered / b.total || b.total - a.total,
  );
  if (areas.length === 0) return nothing;
  return html`
    <section class="card">
      <h2>${w.villages}</h2>
      <ul class="villages">
        ${repeat(areas, villageOf, (a) => {
          const on = state.village === villageOf(a);
          return html`<li>
            <button aria-pressed=${on} @click=${() => set({ village: on ? '' : villageOf(a) })}>
              <span>${a.village || a.town}</span>
              <span class="village-count">${a.covered}/${a.total}</span>
              ${bar(a)}
            </button>
          </li>`;
        })}
      </ul>
      <p class="legend">
        <span class="key key-covered">${w.covered}</span><span class="key key-reached">${w.reached}</span>
        <span class="key key-unreached">${w.unreached}</span>
      </p>
    </section>
  `;
};
