// Runs heroku commands in one process, one after the other: starting node anew costs a second each (heroku-cli §13).
//
// node runner.mjs PACKAGE: jobs come as lines of JSON on descriptor 3, {argv, cwd, env}; answers go out on descriptor
// 4, {stdout, stderr, code}. Commands that read stdin, open a terminal or end the process are for a real process.

import {createReadStream, writeSync} from 'node:fs'
import {createRequire} from 'node:module'
import {createInterface} from 'node:readline'
import {pathToFileURL} from 'node:url'

/** Thrown where a command ends the process. */
class Ended extends Error {
  constructor(code) {
    super(`exit ${code}`)
    this.oclif = {exit: code ?? 0}
    this.code = 'EEXIT'
    this.skipOclifErrorHandling = true
  }
}

const root = process.argv[2]
const said = {stderr: '', stdout: ''}
for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk, encoding, done) => {
    said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    const call = typeof encoding === 'function' ? encoding : done
    if (call) call()
    return true
  }
}

// Only now: the package keeps what it finds in these places when it is loaded.
const require = createRequire(`${root}/package.json`)
const {Config, run} = await import(pathToFileURL(require.resolve('@oclif/core')).href)
const {Exit, handle} = require(require.resolve('@oclif/core').replace(/index\.js$/, 'errors/handle.js'))

process.exit = code => {
  throw new Ended(code)
}

let code
Exit.exit = value => {
  code = value
}

let crash
for (const kind of ['uncaughtException', 'unhandledRejection']) {
  process.on(kind, error => {
    crash = error
  })
}

async function play({argv, cwd, env}) {
  Object.assign(said, {stderr: '', stdout: ''})
  crash = code = process.exitCode = undefined
  process.chdir(cwd)
  for (const [name, value] of Object.entries(env)) process.env[name] = value
  process.argv = [process.argv[0], `${root}/bin/run.js`, ...argv]
  try {
    await run(argv, await Config.load({root}))
  } catch (error) {
    await handle(error) // prints it as the program does, and sets the code
  }

  await new Promise(setImmediate)
  if (crash && !(crash instanceof Ended)) {
    said.stderr += `CRASH ${crash.stack ?? crash}\n`
    code = 1
  }

  return {...said, code: code ?? process.exitCode ?? 0}
}

for await (const line of createInterface({input: createReadStream('', {fd: 3})})) {
  const answer = await play(JSON.parse(line))
  writeSync(4, JSON.stringify(answer) + '\n')
}
