# A partner in Ruby, tested with a Heroku of its own: ruby addon_test.rb
#
# `platform-sim` has to be on the PATH, or named by PLATFORM_SIM. Nothing but the standard library and minitest.

require "json"
require "minitest/autorun"
require "net/http"
require "socket"
require "tmpdir"

# The service under test: what Heroku asks of a partner. A thread a request.
class Noter
  CREDENTIALS = "Basic #{["noter:password"].pack("m0")}".freeze

  attr_reader :port, :held
  attr_accessor :refusals

  def initialize
    @held = {} # uuid -> plan
    @refusals = 0 # how many requests are answered 503
    @server = TCPServer.new("127.0.0.1", 0)
    @port = @server.addr[1]
    @thread = Thread.new { loop { Thread.new(@server.accept) { |socket| serve(socket) } } }
    @thread.report_on_exception = false
  end

  def close
    @server.close
    @thread.kill
  end

  private

  def serve(socket)
    method, path = socket.gets.split
    headers = {}
    while (line = socket.gets.chomp) != ""
      name, value = line.split(": ", 2)
      headers[name.downcase] = value
    end
    status, body = answer(method, path, headers, socket.read(headers.fetch("content-length", "0").to_i))
    text = JSON.generate(body)
    socket.write("HTTP/1.1 #{status} Answer\r\nContent-Type: application/json\r\n" \
                 "Content-Length: #{text.bytesize}\r\nConnection: close\r\n\r\n#{text}")
  ensure
    socket.close
  end

  def answer(method, path, headers, text)
    return [401, { message: "Wrong credentials." }] if headers["authorization"] != CREDENTIALS

    if @refusals.positive?
      @refusals -= 1
      return [503, { message: "Not now." }]
    end
    uuid = method == "POST" ? JSON.parse(text)["uuid"] : path.split("/").last
    return [@held.delete(uuid) ? 200 : 410, {}] if method == "DELETE"

    @held[uuid] = JSON.parse(text)["plan"]
    [200, { id: uuid, config: { NOTER_URL: "https://noter.example/#{uuid}" } }]
  end
end

# A platform that keeps nothing, in a process of its own.
class Heroku
  def initialize
    @folder = Dir.mktmpdir("addon-")
    ready = File.join(@folder, "ready.json")
    @pid = spawn(ENV.fetch("PLATFORM_SIM", "platform-sim"), "up", "--memory", "--port", "0",
                 "--ready-file", ready, "--seed", "7", out: File::NULL)
    until File.exist?(ready)
      raise "the platform has not started" if Process.wait(@pid, Process::WNOHANG)

      sleep 0.02
    end
    told = JSON.parse(File.read(ready))
    @url, @token = told.values_at("url", "token")
  end

  # A call of the Platform API or of /sim, as the customer.
  def ask(method, path, content = nil)
    uri = URI(@url + path)
    request = Net::HTTP.const_get(method.capitalize).new(uri)
    request["Accept"] = "application/vnd.heroku+json; version=3"
    request["Authorization"] = "Bearer #{@token}"
    request["Content-Type"] = "application/json" if content
    request.body = JSON.generate(content) if content
    found = Net::HTTP.start(uri.hostname, uri.port, nil, read_timeout: 60) { |http| http.request(request) }
    raise "#{method} #{path}: #{found.code} #{found.body}" unless found.is_a?(Net::HTTPSuccess)

    JSON.parse(found.body)
  end

  def stop
    Process.kill("TERM", @pid)
    Process.wait(@pid)
    FileUtils.rm_rf(@folder)
  end
end

NOTER = Noter.new
HEROKU = Heroku.new
Minitest.after_run do
  HEROKU.stop
  NOTER.close
end

at = "http://127.0.0.1:#{NOTER.port}"
HEROKU.ask("POST", "/api/v3/addons/noter/manifests", contents: {
  id: "noter",
  name: "Noter",
  api: {
    config_vars: ["NOTER_URL"], password: "password", sso_salt: "salt", regions: ["us"], version: "3",
    production: { base_url: "https://noter.example/heroku/resources", sso_url: "https://noter.example/heroku/sso" },
    test: { base_url: "#{at}/heroku/resources", sso_url: "#{at}/heroku/sso" }
  }
})
HEROKU.ask("PUT", "/sim/services/noter", plans: [{ name: "free" }, { name: "pro", cents: 900 }])

class AddonTest < Minitest::Test
  def setup
    HEROKU.ask("POST", "/sim/reset", {})
  end

  def install
    HEROKU.ask("POST", "/apps", name: "shop")
    HEROKU.ask("POST", "/apps/shop/addons", plan: "noter:free")
  end

  def test_an_addon_is_installed_changed_and_taken_away
    addon = install
    assert_equal "provisioned", addon["state"]
    config = HEROKU.ask("GET", "/apps/shop/config-vars")
    assert_equal({ "NOTER_URL" => "https://noter.example/#{addon["id"]}" }, config)
    HEROKU.ask("PATCH", "/apps/shop/addons/#{addon["id"]}", plan: "noter:pro")
    assert_equal({ addon["id"] => "pro" }, NOTER.held)
    HEROKU.ask("DELETE", "/apps/shop/addons/#{addon["id"]}")
    assert_empty NOTER.held
  end

  def test_a_delete_that_nobody_has_acknowledged_comes_again
    addon = install
    HEROKU.ask("POST", "/sim/clock/freeze", {})
    NOTER.refusals = 5
    HEROKU.ask("DELETE", "/apps/shop/addons/#{addon["id"]}")
    assert_equal [addon["id"]], NOTER.held.keys
    assert HEROKU.ask("POST", "/sim/clock/run", until: "idle")["done"]
    assert_empty NOTER.held
  end

  def test_after_a_reset_there_are_no_apps_and_the_service_is_still_there
    assert_empty HEROKU.ask("GET", "/apps")
    assert_equal "noter", HEROKU.ask("GET", "/addon-services/noter")["name"]
  end
end
