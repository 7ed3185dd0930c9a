import { html, nothing } from '/lib/lit-html/lit-html.js';
import { live } from '/lib/lit-html/directives/live.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { may, now, set, state } from '/state.js';
import { clock, duration, inChinese, minutes, t } from '/words.js';
import { chip } from '/views/parts.js';

export const PAGE = 50; // rows that are shown at once, however many there are
const STATES = ['FAULTY', 'SILENT', 'NEVER_SEEN', 'DEGRADED', 'ONLINE'];
const BAD_FIRST = ['FAILED', 'NOT_HEARD', 'NO_ANSWER', 'REFUSED', 'OFFLINE', 'NEVER_SEEN', 'INTERRUPTED', 'SPARED', 'HEARD', 'PLAYED', 'REPORTED'];
const UNSAID = ['HEARD', 'PLAYED', 'REPORTED']; // what is as it should be
const MOST_NAMED = 3;

/** Which villages would hear nothing, before there is anything to hear. */
export const speakersPage = (actions) => {
  const s = state.speakers;
  const w = t().speakers;
  if (s.error) return html`<p class="card error" role="alert">${t().failed(s.error)}</p>`;
  if (!s.list || !s.gaps) return html`<p class="empty">${t().loading}</p>`;
  return html`<div class="speakers"><h1 class="unseen">${t().view.speakers}</h1>${gaps(s, w, actions)} ${selfTest(s, w)} ${list(s, w, actions)}</div>`;
};

const why = (x) => (inChinese() ? x.whyZh : x.why);
const ago = (instant) => (instant ? duration(now() - Date.parse(instant)) : '—');

const pager = (page, total, turn) => {
  const w = t().speakers;
  const last = Math.max(1, Math.ceil(total / PAGE));
  if (last === 1) return nothing;
  return html`<p class="pager">
    <button ?disabled=${page <= 1} @click=${() => turn(page - 1)}>${w.before}</button>
    <span>${w.page(page, last)}</span>
    <button ?disabled=${page >= last} @click=${() => turn(page + 1)}>${w.after}</button>
  </p>`;
};

const gaps = (s, w, actions) => {
  const g = s.gaps;
  return html`
    <section class="card" aria-labelledby="gaps-title">
      <h2 id="gaps-title">
        ${w.gaps} <span class="tally ${g.total ? 'tally-bad' : ''}">${g.total}</span> <small>${w.ofPoints(g.points)}</small>
        ${g.total ? html`<small>${w.without(g.without)} · ${w.broken(g.broken)}</small>` : nothing}
      </h2>
      ${g.total === 0
        ? html`<p class=${g.points ? 'all-covered' : 'empty'}>${g.points ? `✓ ${w.noGaps}` : w.noPoints}</p>`
        : html`
            <table class="points gaps">
              <thead>
                <tr>
                  <th scope="col">${t().point}</th>
                  <th scope="col" class="number">${w.people}</th>
                  <th scope="col">${w.reason}</th>
                </tr>
              </thead>
              <tbody>${repeat(g.items, (p) => p.id, (p) => gap(p, w))}</tbody>
            </table>
            ${pager(g.page, g.total, (n) => actions.speakers({ gapPage: n }))}
          `}
    </section>
  `;
};

const gap = (p, w) => html`
  <tr class="gap-${p.why}">
    <th scope="row">${p.name} <small>${[p.town, p.village, p.group].filter(Boolean).join(' · ')}</small></th>
    <td class="number" data-label=${w.people}>${p.people || '—'}</td>
    <td>
      ${p.why === 'NO_SPEAKER' ? html`<b>${w.noSpeaker}</b>` : nothing}
      ${p.speakers.slice(0, MOST_NAMED).map(
        (x) => html`<span class="broken">${chip(x.state, w.state[x.state])} ${x.name || x.id} <small>${why(x)}${x.since ? ` · ${ago(x.since)}` : ''}</small></span>`,
      )}
      ${p.speakers.length > MOST_NAMED ? html`<small>${t().more(p.speakers.length - MOST_NAMED)}</small>` : nothing}
    </td>
  </tr>
`;

const selfTest = (s, w) => {
  const r = s.report;
  if (!r) return nothing;
  const counts = BAD_FIRST.filter((k) => r.counts[k]);
  return html`
    <section class="card self-test">
      <h2>
        ${w.selfTest} <small>${r.day}${r.ended ? '' : ` · ${w.underWay}`}</small>
        <a class="button" href="/api/v1/registry/speakers/self-test.csv">${w.table}</a>
      </h2>
      <p>${counts.map((k) => html`<span class="figure">${chip(`test-${k}`, w.result[k])} <b>${r.counts[k]}</b></span>`)}</p>
    </section>
  `;
};

/** The day's self-test is over: said once, wherever one is on the page, until somebody has taken note. */
export const selfTestLine = (actions) => {
  const r = state.selfTest;
  if (!r) return nothing;
  const w = t().speakers;
  const found = BAD_FIRST.filter((k) => r.counts[k] && !UNSAID.includes(k)).map((k) => `${w.result[k]} ${r.counts[k]}`);
  const look = (event) => {
    event.preventDefault();
    actions.lookAtSelfTest();
  };
  return html`
    <p class="banner banner-news ${r.bad ? 'banner-bad' : ''}" role="status">
      <span><b>${w.tested(minutes(r.ended), r.devices, r.bad)}</b> ${found.join(t().and)}</span>
      <a class="button" href="#speakers" @click=${look}>${w.testedLook}</a>
      <button @click=${() => set({ selfTest: null })}>${w.testedSeen}</button>
    </p>
  `;
};

const list = (s, w, actions) => {
  const l = s.list;
  const all = STATES.reduce((sum, k) => sum + l.counts[k], 0);
  const choice = (key, label, count) => html`
    <button class="filter" aria-pressed=${(s.state || '') === key} @click=${() => actions.speakers({ state: key, page: 1 })}>
      ${key ? html`<span class="dot dot-${key}"></span>` : nothing}${label} <b>${count}</b>
    </button>
  `;
  return html`
    <section class="card" aria-labelledby="speakers-title">
      <h2 id="speakers-title">${w.title}</h2>
      <p class="filters" role="group" aria-label=${w.filter}>
        ${choice('', t().all, all)} ${STATES.map((k) => choice(k, w.state[k], l.counts[k]))}
        <input type="search" aria-label=${w.search} placeholder=${w.search} .value=${live(s.q)}
          @input=${(e) => actions.findSpeakers(e.target.value)} />
      </p>
      ${l.items.length === 0
        ? html`<p class="empty">${all === 0 && !s.q ? w.none : w.noneFound}</p>`
        : html`
            <table class="points horns">
              <thead>
                <tr>
                  <th scope="col">${w.device}</th>
                  <th scope="col">${t().state}</th>
                  <th scope="col">${w.reason}</th>
                  <th scope="col">${w.since}</th>
                  <th scope="col">${w.seen}</th>
                  <th scope="col">${w.lastTest}</th>
                  ${may('TEST') ? html`<th scope="col"><span class="unseen">${w.test}</span></th>` : nothing}
                </tr>
              </thead>
              <tbody>${repeat(l.items, (x) => x.id, (x) => row(x, w, actions))}</tbody>
            </table>
            ${pager(l.page, l.total, (n) => actions.speakers({ page: n }))}
          `}
    </section>
  `;
};

const row = (x, w, actions) => html`
  <tr class="horn-${x.state}">
    <th scope="row">
      ${x.name || x.id}
      <small>${[x.village, x.name ? x.id : '', x.registered ? '' : w.unregistered].filter(Boolean).join(' · ')}</small>
    </th>
    <td>${chip(x.state, w.state[x.state])}</td>
    <td class=${why(x) ? '' : 'bare'}>${why(x) || '—'}</td>
    <td data-label=${w.since}><time>${ago(x.since)}</time></td>
    <td data-label=${w.seen}><time>${x.seen ? clock(x.seen) : '—'}</time></td>
    <td data-label=${w.lastTest}>${x.test ? html`${chip(`test-${x.test.result}`, w.result[x.test.result])} <small>${clock(x.test.at)}</small>` : '—'}</td>
    ${may('TEST')
      ? html`<td>
          <button ?disabled=${['SILENT', 'NEVER_SEEN'].includes(x.state)} aria-label=${w.testOf(x.name || x.id)}
            @click=${() => actions.testSpeaker(x)}>${w.test}</button>
        </td>`
      : nothing}
  </tr>
`;
