import { html, nothing } from '/lib/lit-html/lit-html.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { may, state } from '/state.js';
import { minutes, t } from '/words.js';
import { chip } from '/views/parts.js';

const runs = (n) => n.status === 'SPEAKING' || n.status === 'SCHEDULED';

/** What other departments say over the loudspeakers; nothing where none of them ever spoke. */
export const notices = (actions) => {
  const w = t();
  const all = state.notices ?? [];
  if (all.length === 0) return nothing;
  const open = all.filter(runs);
  const over = all.filter((n) => !runs(n)).slice(0, 20);
  return html`
    <section class="card" id="notices">
      <h2>${w.notices} ${open.length ? html`<span class="tally">${open.length}</span>` : nothing}</h2>
      ${open.length === 0
        ? html`<p class="empty">${w.noticesNone}</p>`
        : html`<ul class="letters">${repeat(open, (n) => n.id, (n) => notice(n, actions))}</ul>`}
      ${over.length
        ? html`<details class="seen">
            <summary>${w.noticesOver}</summary>
            <ul class="letters">${repeat(over, (n) => n.id, (n) => notice(n, actions))}</ul>
          </details>`
        : nothing}
    </section>
  `;
};

const notice = (n, actions) => {
  const w = t();
  const counts = Object.entries(n.counts).map(([state, many]) => `${w.heard[state]} ${many}`);
  return html`
    <li class="letter">
      <p class="letter-head">
        ${chip(n.status, w.noticeStatus[n.status])} <b>${n.department}</b>
        <time>${minutes(n.from)}–${minutes(n.until)}</time>
      </p>
      <p class="letter-text">${n.text}</p>
      <div class="letter-foot">
        <p class="letter-from">
          <span>${w.noticeWhere(n.devices, n.targets.join('、'))}</span>
          <span>${counts.join(w.and)}</span>
          ${n.stoppedBy ? html`<span>${w.noticeStoppedBy(n.stoppedBy)}</span>` : nothing}
        </p>
        ${runs(n) && may('STOP_NOTICE')
          ? html`<button @click=${() => actions.stopNotice(n)}>${w.noticeStop}</button>`
          : nothing}
      </div>
    </li>
  `;
};
