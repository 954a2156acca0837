// Prints the calls per second that the AWS SDK for JavaScript makes of one
// operation.  Usage: javascript_rate.js URL SECONDS IN_FLIGHT
"use strict";
const path = require("path");

const modules = path.resolve("build/interop/node_modules");
const { SESv2Client, PutEmailIdentityMailFromAttributesCommand } =
  require(path.join(modules, "@aws-sdk/client-sesv2"));

const [url, seconds, inFlight] = process.argv.slice(2);
const client = new SESv2Client({
  endpoint: url, region: "us-east-1", maxAttempts: 1,
  credentials: {
    accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  },
});

function call() {
  return client.send(new PutEmailIdentityMailFromAttributesCommand({
    EmailIdentity: "example.com", MailFromDomain: "bounce.example.com",
    BehaviorOnMxFailure: "REJECT_MESSAGE",
  }));
}

async function main() {
  await call();
  const start = process.hrtime.bigint();
  const elapsed = () => Number(process.hrtime.bigint() - start) / 1e9;
  let calls = 0;
  await Promise.all(Array.from({ length: Number(inFlight) }, async () => {
    while (elapsed() < Number(seconds)) {
      await call();
      calls += 1;
    }
  }));
  console.log(calls / elapsed());
}

main().catch((error) => {
  console.error(String(error));
  process.exitCode = 1;
});
