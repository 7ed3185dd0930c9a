// Calls to the gateway. A refusal is thrown as a Refusal that carries the problem as the gateway told it.

export class Refusal extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

let csrf = '';

const call = async (method, path, body) => {
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(20000),
    });
  } catch (e) {
    throw new Refusal(0, { detail: String(e.message || e) });
  }
  const text = await response.text();
  const value = text && (response.headers.get('Content-Type') || '').includes('json') ? JSON.parse(text) : {};
  if (!response.ok) {
    throw new Refusal(response.status, value, Number(response.headers.get('Retry-After') || 0));
  }
  return value;
};

const signedIn = (me) => {
  csrf = me.csrf;
  return me;
};

const part = encodeURIComponent;

export const api = {
  me: () => call('GET', '/session').then(signedIn),
  signIn: (name, password) => call('POST', '/session', { name, password }).then(signedIn),
  signOut: () => call('DELETE', '/session'),
  coverage: (id) => call('GET', `/warnings/${part(id)}/coverage`),
  dutyTasks: () => call('GET', '/duty-tasks'),
  channels: () => call('GET', '/channels'),
  speakers: (s, size) =>
    call('GET', `/registry/speakers?order=worst&size=${size}&page=${s.page}&state=${s.state}&q=${part(s.q)}`),
  speakerGaps: (page, size) => call('GET', `/registry/speakers/gaps?size=${size}&page=${page}`),
  selfTest: () => call('GET', '/registry/speakers/self-test'),
  testSpeaker: (id) => call('POST', `/registry/speakers/${part(id)}/test`, {}),
  reach: () => call('GET', '/wechat/coverage'),
  notices: () => call('GET', '/notices?size=100'),
  stopNotice: (id) => call('DELETE', `/notices/${part(id)}`),
  inbox: () => call('GET', '/inbox?size=50'),
  seen: (number) => call('POST', `/inbox/${number}/seen`),
  deliveries: (id, point) => call('GET', `/warnings/${part(id)}/deliveries?point=${part(point)}`),
  test: (channel, phone, text) => call('POST', `/channels/${part(channel)}/test`, { phone, text }),
  lookAtTest: (channel, id) => call('GET', `/channels/${part(channel)}/test/${part(id)}`),
  take: (task) => call('POST', `/duty-tasks/${part(task)}/take`),
  confirm: (id, point, word) => call('POST', `/warnings/${part(id)}/points/${part(point)}/confirm`, word),
  decide: (id, decision, why) => call('POST', `/warnings/${part(id)}/${decision}`, { why }),
};
