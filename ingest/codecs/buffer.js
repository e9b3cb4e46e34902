// The part of Node's Buffer that codecs use, on top of Uint8Array.
(function () {
  "use strict";
  const utf8 = (text) => unescape(encodeURIComponent(text));
  const fromUtf8 = (binary) => {
    try {
      return decodeURIComponent(escape(binary));
    } catch {
      return binary;
    }
  };
  const binaryOf = (text, encoding) => {
    switch ((encoding || "utf8").toLowerCase()) {
      case "hex":
        return (text.match(/[0-9a-f]{2}/gi) || []).map((pair) => String.fromCharCode(parseInt(pair, 16))).join("");
      case "base64":
      case "base64url":
        return atob(text.replace(/-/g, "+").replace(/_/g, "/").replace(/[^A-Za-z0-9+/]/g, ""));
      case "latin1":
      case "binary":
      case "ascii":
        return text;
      default:
        return utf8(text);
    }
  };

  class Buffer extends Uint8Array {
    static from(value, encoding, length) {
      if (typeof value === "string") {
        const binary = binaryOf(value, encoding);
        const made = new Buffer(binary.length);
        for (let i = 0; i < binary.length; i++) made[i] = binary.charCodeAt(i);
        return made;
      }
      if (value instanceof ArrayBuffer) return new Buffer(value, encoding, length);
      return new Buffer(value && value.type === "Buffer" ? value.data : value);
    }
    static alloc(size, fill) {
      const made = new Buffer(size);
      return fill === undefined ? made : made.fill(fill);
    }
    static allocUnsafe(size) {
      return new Buffer(size);
    }
    static isBuffer(value) {
      return value instanceof Buffer;
    }
    static byteLength(value, encoding) {
      return typeof value === "string" ? binaryOf(value, encoding).length : value.byteLength;
    }
    static concat(parts, total) {
      const made = new Buffer(total === undefined ? parts.reduce((sum, part) => sum + part.length, 0) : total);
      let at = 0;
      for (const part of parts) {
        made.set(part, at);
        at += part.length;
      }
      return made;
    }
    slice(start, end) {
      return this.subarray(start, end);
    }
    equals(other) {
      return this.length === other.length && this.every((byte, i) => byte === other[i]);
    }
    toJSON() {
      return { type: "Buffer", data: Array.from(this) };
    }
    toString(encoding, start, end) {
      const bytes = Array.from(this.subarray(start || 0, end === undefined ? this.length : end));
      if (/^hex$/i.test(encoding)) return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const binary = bytes.map((byte) => String.fromCharCode(byte)).join("");
      if (/^base64$/i.test(encoding)) return btoa(binary);
      if (/^base64url$/i.test(encoding)) {
        return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
      }
      return /^(latin1|binary|ascii)$/i.test(encoding) ? binary : fromUtf8(binary);
    }
    readUIntBE(at, size) {
      this.check(at, size);
      let value = 0;
      for (let i = 0; i < size; i++) value = value * 256 + this[at + i];
      return value;
    }
    readUIntLE(at, size) {
      this.check(at, size);
      let value = 0;
      for (let i = size - 1; i >= 0; i--) value = value * 256 + this[at + i];
      return value;
    }
    readIntBE(at, size) {
      return signed(this.readUIntBE(at, size), size);
    }
    readIntLE(at, size) {
      return signed(this.readUIntLE(at, size), size);
    }
    writeUIntBE(value, at, size) {
      this.check(at, size);
      for (let i = size - 1; i >= 0; i--, value = Math.floor(value / 256)) this[at + i] = value % 256;
      return at + size;
    }
    writeUIntLE(value, at, size) {
      this.check(at, size);
      for (let i = 0; i < size; i++, value = Math.floor(value / 256)) this[at + i] = value % 256;
      return at + size;
    }
    writeIntBE(value, at, size) {
      return this.writeUIntBE(value < 0 ? value + 2 ** (8 * size) : value, at, size);
    }
    writeIntLE(value, at, size) {
      return this.writeUIntLE(value < 0 ? value + 2 ** (8 * size) : value, at, size);
    }
    readUInt8(at) {
      return this.readUIntBE(at || 0, 1);
    }
    readInt8(at) {
      return this.readIntBE(at || 0, 1);
    }
    writeUInt8(value, at) {
      return this.writeUIntBE(value, at || 0, 1);
    }
    writeInt8(value, at) {
      return this.writeIntBE(value, at || 0, 1);
    }
    view() {
      return new DataView(this.buffer, this.byteOffset, this.byteLength);
    }
    check(at, size) {
      if (!(at >= 0 && at + size <= this.length)) {
        throw new RangeError(`bytes ${at} to ${at + size} are outside the buffer of ${this.length}`);
      }
    }
  }
  const signed = (value, size) => (value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value);
  const methods = Buffer.prototype;
  for (const [end, little] of [["LE", true], ["BE", false]]) {
    for (const [bits, size] of [[16, 2], [32, 4]]) {
      for (const kind of ["UInt", "Int"]) {
        methods[`read${kind}${bits}${end}`] = function (at) {
          return this[`read${kind}${end}`](at || 0, size);
        };
        methods[`write${kind}${bits}${end}`] = function (value, at) {
          return this[`write${kind}${end}`](value, at || 0, size);
        };
      }
    }
    for (const [name, type, size] of [
      ["Float", "Float32", 4], ["Double", "Float64", 8], ["BigInt64", "BigInt64", 8], ["BigUInt64", "BigUint64", 8],
    ]) {
      methods[`read${name}${end}`] = function (at) {
        this.check(at || 0, size);
        return this.view()[`get${type}`](at || 0, little);
      };
      methods[`write${name}${end}`] = function (value, at) {
        this.check(at || 0, size);
        this.view()[`set${type}`](at || 0, value, little);
        return (at || 0) + size;
      };
    }
  }
  for (const name of Object.getOwnPropertyNames(methods)) {
    if (/UInt/.test(name)) methods[name.replace("UInt", "Uint")] = methods[name];
  }
  for (const name of Object.getOwnPropertyNames(methods)) {
    Object.defineProperty(methods, name, { enumerable: false });
  }
  Object.defineProperty(globalThis, "Buffer", { value: Buffer, writable: true, configurable: true });
})();
