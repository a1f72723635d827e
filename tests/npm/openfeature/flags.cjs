// No flag server of OpenFeature's own is to be had from npm: flagd is a Go program. This is the next
// best thing, and no more: flagd's evaluator as OpenFeature publishes it for Node
// (@openfeature/flagd-core), behind the one address of OFREP that server SDKs use, and
// OpenFeature's own OFREP client to show that the answers are ones that it understands.
//
//   node flags.cjs serve FILE [TOKEN]     listens on 127.0.0.1, prints its port; FILE is read each time
//   node flags.cjs validate FILE...       by flagd's own JSON schema; exits 1 and says what is wrong
//   node flags.cjs ask URL FLAG [TOKEN]   what the official client makes of the answer, as JSON
'use strict';
const fs = require('fs');
const http = require('http');

const quiet = { error() {}, warn() {}, info() {}, debug() {} };

function load(file, logger = quiet) {
  const { FlagdCore } = require('@openfeature/flagd-core');
  const core = new FlagdCore(undefined, logger);
  core.setConfigurations(fs.readFileSync(file, 'utf8'));
  return core;
}

function evaluate(core, key, context) {
  const flag = core.getFlag(key);
  if (!flag) return [404, { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: 'no such flag' }];
  const sample = flag.variants.values().next().value;
  const details = core.resolve(typeof sample, key, undefined, context);
  if (details.errorCode) {
    return [details.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400,
            { key, errorCode: details.errorCode, errorDetails: details.errorMessage }];
  }
  const { value, reason, variant, flagMetadata } = details;
  return [200, { key, value, reason, variant, metadata: flagMetadata }];
}

function serve(file, token) {
  const server = http.createServer((request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const path = /^\/ofrep\/v1\/evaluate\/flags\/([^/?]+)$/.exec(request.url);
    if (!path || request.method !== 'POST') return answer(404, {});
    if (token && request.headers.authorization !== `Bearer ${token}`) return answer(401, {});
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const key = decodeURIComponent(path[1]);
      try {
        const { context } = JSON.parse(body);
        return answer(...evaluate(load(file), key, context));
      } catch (error) {
        const missing = error.code === 'FLAG_NOT_FOUND';
        return answer(missing ? 404 : 400,
                      { key, errorCode: error.code || 'GENERAL', errorDetails: error.message });
      }
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

function validate(files) {
  let bad = 0;
  for (const file of files) {
    const complaints = [];
    const note = (message) => {
      if (String(message).startsWith('invalid flagd flag configuration')) complaints.push(message);
    };
    try {
      load(file, { ...quiet, debug: note });
    } catch (error) {
      complaints.push(error.message);
    }
    for (const complaint of complaints) console.error(`${file}: ${complaint}`);
    bad += complaints.length;
  }
  process.exit(bad ? 1 : 0);
}

async function ask(baseUrl, key, token) {
  const { OpenFeature } = require('@openfeature/server-sdk');
  const { OFREPProvider } = require('@openfeature/ofrep-provider');
  const headers = token ? [['Authorization', `Bearer ${token}`]] : [];
  await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl, headers }));
  const details = await OpenFeature.getClient().getBooleanDetails(key, false, { targetingKey: 'u' });
  console.log(JSON.stringify(details));
  await OpenFeature.close();
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'serve') serve(...rest);
else if (mode === 'validate') validate(rest);
else if (mode === 'ask') ask(...rest);
else { console.error('serve FILE [TOKEN] | validate FILE... | ask URL FLAG [TOKEN]'); process.exit(2); }
