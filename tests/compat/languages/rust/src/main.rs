//! rust_socketio against the fixture's profile `scenario`: client URL TRANSPORT
//!
//! What it has no call for is left out: binary beside other arguments, and answers to the server's questions.
use rust_socketio::client::Client;
use rust_socketio::{ClientBuilder, Payload, RawClient, TransportType};
use serde_json::{json, Value};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let transport = match arguments[2].as_str() {
        "polling" => TransportType::Polling,
        _ => TransportType::Websocket,
    };
    for namespace in ["/", "/chat"] {
        echo_and_rooms(&arguments[1], namespace, transport.clone());
    }
}

fn echo_and_rooms(url: &str, namespace: &str, transport: TransportType) {
    let (welcomes, welcome) = channel();
    let (echoes, echo) = channel();
    let (casts, cast) = channel();
    let client = ClientBuilder::new(url)
        .namespace(namespace)
        .transport_type(transport)
        .reconnect(false)
        .auth(json!({"token": "word"}))
        .on("welcome", pass_on(welcomes))
        .on("echo", pass_on(echoes))
        .on("cast", pass_on(casts))
        .connect()
        .expect("a connection");
    let told = text(take(&welcome));
    assert_eq!(told[0]["namespace"], namespace);
    assert_eq!(told[0]["auth"], json!({"token": "word"}));

    let sent = vec![json!("text é中"), json!(1), json!(2.5), json!(true), Value::Null, json!({"list": [1, {}]})];
    assert_eq!(ask(&client, "echo", sent.clone()), json!(sent));
    let big = vec![json!("x".repeat(500_000))];
    assert_eq!(ask(&client, "echo", big.clone()), json!(big));
    client.emit("echo", vec![0u8, 1, 255]).unwrap();
    assert_eq!(take(&echo), Payload::from(vec![0u8, 1, 255]));

    ask(&client, "join", vec![json!(["room"])]);
    client.emit("cast", vec![json!("elsewhere"), json!("not for us")]).unwrap();
    client.emit("cast", vec![json!("room"), json!("for us")]).unwrap();
    assert_eq!(text(take(&cast)), vec![json!("for us")]);
    client.disconnect().unwrap();
}

fn pass_on(to: Sender<Payload>) -> impl FnMut(Payload, RawClient) {
    move |payload, _| to.send(payload).unwrap()
}

// The answer's arguments come as one, a list.
fn ask(client: &Client, event: &str, arguments: Vec<Value>) -> Value {
    let (answers, answer) = channel();
    client.emit_with_ack(event, arguments, SOON, pass_on(answers)).unwrap();
    text(take(&answer)).remove(0)
}

fn take(from: &Receiver<Payload>) -> Payload {
    from.recv_timeout(SOON).expect("an answer")
}

fn text(payload: Payload) -> Vec<Value> {
    match payload {
        Payload::Text(values) => values,
        other => panic!("no text: {other:?}"),
    }
}
