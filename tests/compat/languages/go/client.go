// The Go client of zishang520/socket.io against the fixture's profile `scenario`: client URL TRANSPORT
package main

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

func main() {
	options := socket.DefaultOptions()
	options.SetAutoConnect(false) // nobody would listen yet
	// Where a try fails, the next comes soon.
	options.SetTimeout(time.Second)
	options.SetReconnectionDelay(10)
	transport := transports.Polling
	if os.Args[2] == "websocket" {
		transport = transports.WebSocket
	}
	options.SetTransports(types.NewSet(transport))
	manager := socket.NewManager(os.Args[1], options)

	echoAndRooms(manager.Socket("/", options))
	echoAndRooms(manager.Socket("/chat", options))
	manager.Engine().Close()
}

func echoAndRooms(client *socket.Socket) {
	heard := listen(client, "cast", "answer")
	connected := listen(client, "connect")
	client.On("question", func(args ...any) {
		args[1].(func([]any, error))([]any{args[0], map[string]any{"seen": []byte{7}}}, nil)
	})
	client.Connect()
	take(connected, "connecting")

	sent := []any{"text é中", 1.0, 2.5, true, nil, map[string]any{"list": []any{1.0, []byte{0, 1, 255}}}, []byte("bytes")}
	check(reflect.DeepEqual(ask(client, "echo", sent...), sent), "echo")
	big := strings.Repeat("x", 500_000)
	check(ask(client, "echo", big)[0] == big, "a big text")

	client.Emit("ask", "why")
	answer := take(heard, "the server's question")
	check(answer[0] == "answer" && answer[1] == "why", "the server's question")

	ask(client, "join", []any{"room"})
	client.Emit("cast", "elsewhere", "not for us")
	client.Emit("cast", "room", []any{"for us", []byte{7}})
	cast := take(heard, "a room's event")
	check(cast[0] == "cast" && reflect.DeepEqual(cast[1], []any{"for us", []byte{7}}), "a room's event")
}

func listen(client *socket.Socket, events ...types.EventName) chan []any {
	heard := make(chan []any, 10)
	for _, event := range events {
		client.On(event, func(args ...any) { heard <- append([]any{string(event)}, plain(args).([]any)...) })
	}
	return heard
}

func ask(client *socket.Socket, event string, args ...any) []any {
	answer := make(chan []any, 1)
	client.Emit(event, append(args, func(got []any, err error) { answer <- plain(got).([]any) })...)
	return take(answer, event)
}

// With bytes, which come as buffers.
func plain(value any) any {
	switch value := value.(type) {
	case []any:
		all := []any{}
		for _, item := range value {
			all = append(all, plain(item))
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for key, item := range value {
			all[key] = plain(item)
		}
		return all
	case interface{ Bytes() []byte }:
		return bytes.Clone(value.Bytes())
	default:
		return value
	}
}

func take(from chan []any, what string) []any {
	select {
	case got := <-from:
		return got
	case <-time.After(10 * time.Second):
		fail(what + ": nothing came")
		return nil
	}
}

func check(holds bool, what string) {
	if !holds {
		fail(what)
	}
}

func fail(what string) {
	fmt.Fprintln(os.Stderr, "wrong:", what)
	os.Exit(1)
}
