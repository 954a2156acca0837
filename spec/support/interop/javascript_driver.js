// Does the steps on standard input with the AWS SDK for JavaScript, writes the
// answers.
//
// The steps are JSON, {"url": ..., "steps": [...]}; spec/support/interop/steps.lua
// says what they are. The answers are a list of the same length.
'use strict';

const fs = require('fs');
const http = require('http');

const modules = {
  ses: require('@aws-sdk/client-ses'),
  sesv2: require('@aws-sdk/client-sesv2'),
};
const clients = {};

function control(url, call) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(call.body || {});
    const options = { method: call.method, headers: { 'Content-Length': Buffer.byteLength(body) } };
    const request = http.request(`${url}/_emulator/${call.name}`, options, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => resolve({ result: JSON.parse(Buffer.concat(pieces)) }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

function clientOf(url, step) {
  const attempts = step.attempts || 1;
  const name = JSON.stringify([step.service, attempts, step.as]);
  const Client = { ses: 'SESClient', sesv2: 'SESv2Client' }[step.service];
  clients[name] = clients[name] || new modules[step.service][Client]({
    endpoint: url,
    region: 'us-east-1',
    maxAttempts: attempts,
    credentials: {
      accessKeyId: step.as.id, secretAccessKey: step.as.secret, sessionToken: step.as.token,
    },
  });
  return clients[name];
}

function withBlobs(value) {
  if (Array.isArray(value)) return value.map(withBlobs);
  if (value === null || typeof value !== 'object') return value;
  if ('$base64' in value) return new Uint8Array(Buffer.from(value.$base64, 'base64'));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBlobs(item)]));
}

function plain(output) {
  const { $metadata, ...result } = output;
  return result;
}

async function pages(module, client, step, params) {
  const paginate = module[`paginate${step.operation}`];
  const found = [];
  for await (const page of paginate({ client, pageSize: step.page_size }, params)) {
    found.push(plain(page));
  }
  return { result: { pages: found } };
}

async function call(url, step) {
  const module = modules[step.service];
  const client = clientOf(url, step);
  const params = withBlobs(step.params || {});
  if (step.page_size) return pages(module, client, step, params);
  const output = await client.send(new module[`${step.operation}Command`](params));
  return { result: plain(output), attempts: output.$metadata.attempts };
}

async function perform(url, step) {
  if (step.control) return control(url, step.control);
  try {
    return await call(url, step);
  } catch (error) {
    if (!error.$metadata) throw error;
    return {
      error: {
        class: error.constructor.name,
        // What the wire says, where the model has another name for it.
        code: error.Code || error.name,
        message: error.message,
        status: error.$metadata.httpStatusCode,
      },
    };
  }
}

async function main() {
  const given = JSON.parse(fs.readFileSync(0));
  const answers = [];
  for (const step of given.steps) answers.push(await perform(given.url, step));
  fs.writeSync(1, JSON.stringify(answers));
  Object.values(clients).forEach((client) => client.destroy());
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
