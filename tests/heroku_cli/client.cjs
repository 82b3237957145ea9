// heroku-client as a program uses it: calls from argv, in order, what came of each as JSON on stdout.
const Heroku = require('heroku-client')

const [options, calls] = process.argv.slice(2).map((text) => JSON.parse(text))

async function main () {
  const heroku = new Heroku(options)
  const results = []
  for (const [method, path, more] of calls) {
    try {
      results.push({ body: await heroku[method](path, more) })
    } catch (error) {
      results.push({ status: error.statusCode, body: error.body, message: error.message, code: error.code })
    }
  }
  console.log(JSON.stringify(results))
}

main()
