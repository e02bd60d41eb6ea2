// Is a script ES2017? stdin: […texts]; stdout: for each null, or what `acorn` says.
"use strict";
const { parse } = require("acorn");

const fault = (text) => {
  try {
    parse(text, { ecmaVersion: 2017, sourceType: "module" });
    return null;
  } catch (error) {
    return String(error.message);
  }
};
process.stdout.write(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).map(fault)));
