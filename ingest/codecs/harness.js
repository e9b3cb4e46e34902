// Runs one codec: called with its source, it gives back the function that answers requests.
//
// The source becomes the body of a function that is called anew for every uplink. Its top-level variables
// are therefore fresh each time, as they are at a network server, and what one device sent can never show
// up in the values of another. Names the codec forgot to declare are removed after each call.
(function (source, maxOutput) {
  "use strict";
  const { parse, stringify } = JSON;
  const { keys, prototype: { toString } } = Object;
  const { isArray } = Array;
  const TrueDate = Date, TrueFunction = Function, TrueError = Error, TrueRangeError = RangeError;
  const EngineError = InternalError;
  const world = globalThis;
  const ours = new Set(keys(world));

  // ES modules are few among codecs: `export` is undone, `import` cannot be served.
  const plain = /^\s*export\s/m.test(source)
    ? source
        .replace(/^(\s*)export\s+default\s+/gm, "$1module.exports.default = ")
        .replace(/^(\s*)export\s+(?=async\b|function\b|class\b|const\b|let\b|var\b)/gm, "$1")
        .replace(/^(\s*)export\s*\{([^}]*)\}\s*;?/gm, (_all, space, list) =>
          space + list.split(",").map((one) => one.trim()).filter(Boolean).map((one) => {
            const [inside, outside] = one.split(/\s+as\s+/);
            return `module.exports.${outside || inside} = ${inside};`;
          }).join(" "))
    : source;
  const start = new TrueFunction("module", "exports", "require", plain + `
;return {
  decodeUplink: typeof decodeUplink === "function" ? decodeUplink : undefined,
  Decode: typeof Decode === "function" ? Decode : undefined,
  Decoder: typeof Decoder === "function" ? Decoder : undefined,
};`);

  function require(name) {
    if (name === "buffer" || name === "node:buffer") return { Buffer: world.Buffer };
    throw new TrueError(`the codec asks for ${name}; a codec here is one file`);
  }

  function entry() {
    const module = { exports: {} };
    const own = start.call(world, module, module.exports, require) || {};
    const given = module.exports;
    const inside = (given && given.default) || given;
    for (const name of ["decodeUplink", "Decode", "Decoder"]) {
      for (const place of [own, given, inside, world]) {
        if (place && typeof place[name] === "function") return [name, place[name], place];
      }
    }
    if (typeof inside === "function") return ["decodeUplink", inside, undefined];
    throw new TrueError("there is no decodeUplink, Decode or Decoder in it");
  }

  function call(request) {
    const [name, decode, place] = entry();
    if (name === "Decode") return { data: decode.call(place, request.fPort, request.bytes, {}) };
    if (name === "Decoder") return { data: decode.call(place, request.bytes, request.fPort) };
    const given = decode.call(place, {
      bytes: request.bytes,
      fPort: request.fPort,
      recvTime: new TrueDate(request.recvTime),
      variables: {},
    });
    if (given === null || typeof given !== "object") throw new TrueError("decodeUplink gave no object");
    if (typeof given.then === "function") return given;
    return { data: given.data, warnings: told(given.warnings), errors: told(given.errors) };
  }

  function told(texts) {
    if (texts === undefined || texts === null || texts === false) return undefined;
    return (isArray(texts) ? texts : [texts]).map((one) => (typeof one === "string" ? one : reason(one)));
  }

  function reason(thrown) {
    if (thrown instanceof TrueError) return `${thrown.name}: ${thrown.message}`;
    return typeof thrown === "string" ? thrown : stringify(thrown) || String(thrown);
  }

  function forget() {
    for (const name of keys(world)) if (!ours.has(name)) delete world[name];
  }

  function answer(text) {
    try {
      const result = call(parse(text));
      const data = result.data;
      if (typeof result.then === "function" || (data && typeof data.then === "function")) {
        return stringify({ errors: ["it gave a Promise; a codec must answer at once"] });
      }
      const said = stringify(result);
      if (said.length > maxOutput) {
        return stringify({ errors: [`its output is longer than ${maxOutput} characters`] });
      }
      return said;
    } catch (thrown) {
      // Out of memory or stack: the engine may be in any state, so its whole context is thrown away.
      if (thrown === null || thrown instanceof EngineError || (thrown instanceof TrueRangeError && /call stack/.test(thrown.message))) {
        throw thrown;
      }
      return stringify({ errors: [reason(thrown).slice(0, 500)] });
    } finally {
      forget();
    }
  }

  try {
    entry();
  } finally {
    forget();
  }
  return answer;
});
