// A partner in Go, tested with a Heroku of its own: go test
//
// `platform-sim` has to be on the PATH, or named by PLATFORM_SIM. Nothing but the standard library.
package addon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

type object = map[string]any

// noter is the service under test: what Heroku asks of a partner.
type noter struct {
	sync.Mutex
	held     map[string]string // uuid -> plan
	refusals int               // how many requests are answered 503
}

func (n *noter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.Lock()
	defer n.Unlock()
	w.Header().Set("Content-Type", "application/json")
	say := func(status int, body object) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(body)
	}
	if user, password, _ := r.BasicAuth(); user != "noter" || password != "password" {
		say(401, object{"message": "Wrong credentials."})
		return
	}
	if n.refusals > 0 {
		n.refusals--
		say(503, object{"message": "Not now."})
		return
	}
	var order struct{ Uuid, Plan string }
	json.NewDecoder(r.Body).Decode(&order)
	uuid := order.Uuid
	if r.Method != "POST" {
		uuid = r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	}
	if r.Method == "DELETE" {
		status := 410
		if _, there := n.held[uuid]; there {
			status = 200
		}
		delete(n.held, uuid)
		say(status, object{})
		return
	}
	n.held[uuid] = order.Plan
	say(200, object{"id": uuid, "config": object{"NOTER_URL": "https://noter.example/" + uuid}})
}

// heroku is a platform that keeps nothing, in a process of its own.
type heroku struct{ URL, Token string }

// start one, and register the partner that listens at url.
func start(t *testing.T, url string) *heroku {
	t.Helper()
	ready := filepath.Join(t.TempDir(), "ready.json")
	program := os.Getenv("PLATFORM_SIM")
	if program == "" {
		program = "platform-sim"
	}
	up := exec.Command(program, "up", "--memory", "--port", "0", "--ready-file", ready, "--seed", "7")
	up.Stderr = os.Stderr
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- up.Wait() }()
	t.Cleanup(func() {
		up.Process.Signal(syscall.SIGTERM)
		<-ended
	})
	var made heroku
	for {
		told, err := os.ReadFile(ready)
		if err == nil && json.Unmarshal(told, &made) == nil {
			break
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatal("the platform has not started: ", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	production := object{"base_url": "https://noter.example/heroku/resources", "sso_url": "https://noter.example/heroku/sso"}
	made.ask(t, "POST", "/api/v3/addons/noter/manifests", object{"contents": object{
		"id":   "noter",
		"name": "Noter",
		"api": object{
			"config_vars": []string{"NOTER_URL"}, "password": "password", "sso_salt": "salt",
			"regions": []string{"us"}, "version": "3", "production": production,
			"test": object{"base_url": url + "/heroku/resources", "sso_url": url + "/heroku/sso"},
		},
	}}, nil)
	plans := []object{{"name": "free"}, {"name": "pro", "cents": 900}}
	made.ask(t, "PUT", "/sim/services/noter", object{"plans": plans}, nil)
	return &made
}

// ask makes a call of the Platform API or of /sim, as the customer.
func (h *heroku) ask(t *testing.T, method, path string, content, into any) {
	t.Helper()
	body, _ := json.Marshal(content)
	if content == nil {
		body = nil
	}
	request, err := http.NewRequest(method, h.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/vnd.heroku+json; version=3")
	request.Header.Set("Authorization", "Bearer "+h.Token)
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	found, _ := io.ReadAll(answer.Body)
	if answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, found)
	}
	if into != nil {
		if err := json.Unmarshal(found, into); err != nil {
			t.Fatal(err)
		}
	}
}

type addon struct{ Id, State string }

// install makes the app `shop` and its add-on.
func (h *heroku) install(t *testing.T) addon {
	t.Helper()
	var made addon
	h.ask(t, "POST", "/apps", object{"name": "shop"}, nil)
	h.ask(t, "POST", "/apps/shop/addons", object{"plan": "noter:free"}, &made)
	return made
}

func expect(t *testing.T, found, wanted any) {
	t.Helper()
	if one, other := fmt.Sprint(found), fmt.Sprint(wanted); one != other {
		t.Fatalf("%s, not %s", one, other)
	}
}

func TestAddon(t *testing.T) {
	partner := &noter{held: map[string]string{}}
	server := httptest.NewServer(partner)
	t.Cleanup(server.Close)
	platform := start(t, server.URL)
	reset := func() { platform.ask(t, "POST", "/sim/reset", object{}, nil) }

	t.Run("is installed, changed and taken away", func(t *testing.T) {
		reset()
		made := platform.install(t)
		expect(t, made.State, "provisioned")
		var config map[string]string
		platform.ask(t, "GET", "/apps/shop/config-vars", nil, &config)
		expect(t, config, map[string]string{"NOTER_URL": "https://noter.example/" + made.Id})
		platform.ask(t, "PATCH", "/apps/shop/addons/"+made.Id, object{"plan": "noter:pro"}, nil)
		expect(t, partner.held, map[string]string{made.Id: "pro"})
		platform.ask(t, "DELETE", "/apps/shop/addons/"+made.Id, nil, nil)
		expect(t, len(partner.held), 0)
	})

	t.Run("a DELETE that nobody has acknowledged comes again", func(t *testing.T) {
		reset()
		made := platform.install(t)
		platform.ask(t, "POST", "/sim/clock/freeze", object{}, nil)
		partner.Lock()
		partner.refusals = 5
		partner.Unlock()
		platform.ask(t, "DELETE", "/apps/shop/addons/"+made.Id, nil, nil)
		expect(t, len(partner.held), 1)
		var passed struct{ Done bool }
		platform.ask(t, "POST", "/sim/clock/run", object{"until": "idle"}, &passed)
		expect(t, passed.Done, true)
		expect(t, len(partner.held), 0)
	})

	t.Run("after a reset there are no apps, and the service is still there", func(t *testing.T) {
		reset()
		var apps []object
		platform.ask(t, "GET", "/apps", nil, &apps)
		expect(t, len(apps), 0)
		var service struct{ Name string }
		platform.ask(t, "GET", "/addon-services/noter", nil, &service)
		expect(t, service.Name, "noter")
	})
}
