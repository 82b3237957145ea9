// A partner in Node, tested with a Heroku of its own: node --test addon.test.mjs
//
// `platform-sim` has to be on the PATH, or named by PLATFORM_SIM.

import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, before, beforeEach, test} from 'node:test'
import {setTimeout as pause} from 'node:timers/promises'

const folder = mkdtempSync(join(tmpdir(), 'addon-'))
const credentials = 'Basic ' + Buffer.from('noter:password').toString('base64')
const held = new Map() // uuid -> plan
let refusals = 0 // how many requests are answered 503
let partner, platform, heroku

/** The service under test: what Heroku asks of a partner. */
async function answer(request, response) {
  const say = (status, body) => response.writeHead(status, {'Content-Type': 'application/json'}).end(JSON.stringify(body))
  let text = ''
  for await (const chunk of request) text += chunk
  if (request.headers.authorization !== credentials) return say(401, {message: 'Wrong credentials.'})
  if (refusals > 0) {
    refusals--
    return say(503, {message: 'Not now.'})
  }
  const uuid = request.method === 'POST' ? JSON.parse(text).uuid : request.url.split('/').at(-1)
  if (request.method === 'DELETE') return held.delete(uuid) ? say(200, {}) : say(410, {message: 'It is gone.'})
  held.set(uuid, JSON.parse(text).plan)
  say(200, {id: uuid, config: {NOTER_URL: `https://noter.example/${uuid}`}})
}

/** A call of the Platform API or of /sim, as the customer. */
async function ask(method, path, content) {
  const headers = {Accept: 'application/vnd.heroku+json; version=3', Authorization: `Bearer ${heroku.token}`}
  if (content) headers['Content-Type'] = 'application/json'
  const found = await fetch(heroku.url + path, {method, headers, body: content && JSON.stringify(content)})
  const body = await found.json()
  assert.ok(found.ok, `${method} ${path}: ${found.status} ${JSON.stringify(body)}`)
  return body
}

before(async () => {
  partner = createServer(answer).listen(0, '127.0.0.1')
  await once(partner, 'listening')
  const ready = join(folder, 'ready.json')
  const words = ['up', '--memory', '--port', '0', '--ready-file', ready, '--seed', '7']
  platform = spawn(process.env.PLATFORM_SIM ?? 'platform-sim', words, {stdio: ['ignore', 'ignore', 'inherit']})
  while (!existsSync(ready)) {
    assert.equal(platform.exitCode, null, 'the platform has not started')
    await pause(20)
  }
  heroku = JSON.parse(readFileSync(ready, 'utf8'))
  const at = `http://127.0.0.1:${partner.address().port}`
  const contents = {
    id: 'noter',
    name: 'Noter',
    api: {
      config_vars: ['NOTER_URL'],
      password: 'password',
      sso_salt: 'salt',
      regions: ['us'],
      version: '3',
      production: {base_url: 'https://noter.example/heroku/resources', sso_url: 'https://noter.example/heroku/sso'},
      test: {base_url: `${at}/heroku/resources`, sso_url: `${at}/heroku/sso`},
    },
  }
  await ask('POST', '/api/v3/addons/noter/manifests', {contents})
  await ask('PUT', '/sim/services/noter', {plans: [{name: 'free'}, {name: 'pro', cents: 900}]})
})

beforeEach(() => ask('POST', '/sim/reset', {}))

after(async () => {
  platform.kill('SIGTERM')
  if (platform.exitCode === null) await once(platform, 'exit')
  partner.close()
  rmSync(folder, {recursive: true})
})

test('an add-on is installed, changed and taken away', async () => {
  await ask('POST', '/apps', {name: 'shop'})
  const addon = await ask('POST', '/apps/shop/addons', {plan: 'noter:free'})
  assert.equal(addon.state, 'provisioned')
  assert.deepEqual(await ask('GET', '/apps/shop/config-vars'), {NOTER_URL: `https://noter.example/${addon.id}`})
  await ask('PATCH', `/apps/shop/addons/${addon.id}`, {plan: 'noter:pro'})
  assert.deepEqual([...held], [[addon.id, 'pro']])
  await ask('DELETE', `/apps/shop/addons/${addon.id}`)
  assert.equal(held.size, 0)
})

test('a DELETE that nobody has acknowledged comes again, hours later if need be', async () => {
  await ask('POST', '/apps', {name: 'shop'})
  const addon = await ask('POST', '/apps/shop/addons', {plan: 'noter:free'})
  await ask('POST', '/sim/clock/freeze', {})
  refusals = 5
  await ask('DELETE', `/apps/shop/addons/${addon.id}`)
  assert.equal(held.size, 1)
  const passed = await ask('POST', '/sim/clock/run', {until: 'idle'})
  assert.equal(passed.done, true)
  assert.equal(held.size, 0)
})

test('after a reset there are no apps, and the service is still there', async () => {
  assert.deepEqual(await ask('GET', '/apps'), [])
  assert.equal((await ask('GET', '/addon-services/noter')).name, 'noter')
})
