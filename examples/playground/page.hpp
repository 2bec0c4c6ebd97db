#pragma once

// One page, without anything to download: it speaks Engine.IO over a plain WebSocket.

inline constexpr char page[] = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>sockeye</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
  #log { height: 60vh; overflow: auto; border: 1px solid #bbb; padding: .5rem; white-space: pre-wrap }
  form { display: flex; gap: .5rem; margin-top: .5rem }
  input { flex: 1; font: inherit; padding: .3rem }
  button { font: inherit }
</style>
<h1>sockeye</h1>
<div id="log" role="log"></div>
<form><input placeholder="say something" autofocus><button>Send</button></form>
<script>
  const log = document.querySelector("#log"), input = document.querySelector("input");
  const show = line => { log.append(line + "\n"); log.scrollTop = log.scrollHeight };
  let socket;
  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(scheme + "//" + location.host + "/engine.io/?EIO=4&transport=websocket");
    socket.onmessage = ({ data }) => {
      switch (data[0]) {
        case "0": show("* connected as " + JSON.parse(data.slice(1)).sid.slice(0, 6) + "…"); break;
        case "2": socket.send("3"); break; // heartbeat
        case "4": show(data.slice(1)); break;
      }
    };
    socket.onclose = () => { show("* disconnected"); setTimeout(connect, 1000) };
  }
  document.querySelector("form").onsubmit = event => {
    event.preventDefault();
    if (input.value) socket.send("4" + input.value);
    input.value = "";
  };
  connect();
</script>
</html>
)html";
