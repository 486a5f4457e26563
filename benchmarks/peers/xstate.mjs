// The same work for XState in Node: reads it as JSON from standard input, answers with JSON: µs a step, and what was done.
// Takes the place of xstate's package as an argument.

import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "package.json"));
const { createMachine, createActor } = require("xstate");

const work = JSON.parse(await new Response(process.stdin).text());

let count = 0, hash = 0, record = [];
const hook = (number) => {
  count += 1;
  hash = (hash * 31 + number) % 2147483648;
  record.push(number);
};

function flat() {
  let context = {};
  const states = {};
  work.states.forEach((state, number) => {
    const on = {};
    for (const [word, arrows] of Object.entries(state)) {
      on[word] = arrows.map(([guard, to]) => {
        const arrow = { target: `s${to}`, actions: () => hook(number) };
        if (guard) {
          const holds = new Function("c", `return c.${guard}`);
          arrow.guard = () => holds(context);
        }
        return arrow;
      });
    }
    states[`s${number}`] = Object.keys(on).length ? { on } : { type: "final" };
  });
  const machine = createMachine({ id: "flat", initial: "s0", states });
  return () => {
    let end = "";
    for (const data of work.contexts) {
      context = data;
      const actor = createActor(machine).start();
      for (const type of work.words) actor.send({ type });
      end = work.ends[actor.getSnapshot().value.slice(1)];
    }
    return end;
  };
}

function forks() {
  const numbers = new Map(work.lanes.map((lane, number) => [lane.join("_"), number * work.steps]));
  const fork = (path) => ({
    type: "parallel",
    states: Object.fromEntries([...Array(work.branches).keys()].map((n) => [`b${n}`, lane([...path, n])])),
  });
  const lane = (path) => {
    const name = path.join("_"), first = numbers.get(name), states = {};
    for (let step = 0; step < work.steps; step++) {
      const target = step + 1 < work.steps ? `s${step + 1}` : "over";
      states[`s${step}`] = { on: { [`go${name}`]: { target, actions: () => hook(first + step) } } };
    }
    states.over = work.nested && path.length === 1 ? fork(path) : { type: "final" };
    return { initial: "s0", states };
  };
  const machine = createMachine({
    id: "forks",
    initial: "fork",
    states: { fork: { ...fork([]), on: { join: "done" } }, done: { type: "final" } },
  });
  return () => {
    const actor = createActor(machine).start();
    for (const name of work.turns) actor.send({ type: `go${name}` });
    actor.send({ type: "join" });
    return actor.getSnapshot().value;
  };
}

const play = work.states ? flat() : forks();
const end = play();
const done = { count, hash, end };
// As for the others, the processor's time; and the quickest sample, as there is no pair here to take a ratio from.
const clock = () => process.cpuUsage().user + process.cpuUsage().system;
for (let warm = clock() + 500_000; clock() < warm; record = []) play();
let micros = Infinity;
for (let round = 0; round < work.rounds; round++) {
  const before = clock(), until = before + work.seconds * 1_000_000;
  let plays = 0;
  for (; clock() < until; plays++) {
    record = [];
    play();
  }
  micros = Math.min(micros, (clock() - before) / plays / done.count);
}
console.log(JSON.stringify({ ...done, micros }));
