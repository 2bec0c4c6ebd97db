"""What bench/compare can measure: arguments of bench_load, and how its figures are shown."""
from dataclasses import dataclass


@dataclass
class Workload:
    title: str
    drive: str
    quick: str  # replaces arguments of `drive` with --quick
    figure: str
    more: dict  # further columns and their figures
    in_quick: bool = True
    broadcast: bool = False  # the joining floor takes part


def per_message(title, drive, in_quick=True):
    return Workload(title + ": server CPU, µs a message", drive + " --seconds 3", "--seconds 1 --warmup 0.5",
                    "cpu_us_per_message", {"of it user": "of_it_user_us", "messages/s": "units_per_second"}, in_quick)


def per_delivery(title, drive, in_quick=True):
    return Workload(title + ": server CPU, µs a delivery", drive + " --seconds 3", "--seconds 1 --warmup 0.5",
                    "cpu_us_per_delivery", {"of it user": "of_it_user_us", "deliveries/s": "units_per_second"},
                    in_quick, broadcast=True)


def per_handshake(title, drive, in_quick=True):
    return Workload(title + ": server CPU, µs a session", drive + " --conns 3000", "--conns 1000",
                    "cpu_us_per_handshake", {"close, µs": "cpu_us_per_close", "handshakes/s": "units_per_second"},
                    in_quick)


def per_connection(title, drive):
    return Workload(title + ": server memory (RSS), KiB each", drive + " --conns 10000", "--conns 4000 --settle 1",
                    "kib_per_connection", {"RSS before, KiB": "resident_kib_before"})


def fanout(clients, size, size_name, in_quick=False):
    return per_delivery(f"Broadcast of {size_name} to {clients:,} Socket.IO clients in one room, 4 in flight",
                        f"fanout --conns {clients} --inflight 4 --size {size}", in_quick)


WORKLOADS = {
    "echo64": per_message("Echo of 64 bytes over WebSocket, 100 clients, 1 in flight each", "echo"),
    "echo64x8": per_message("Echo of 64 bytes over WebSocket, 100 clients, 8 in flight each", "echo --inflight 8"),
    "echo16k": per_message("Echo of 16 KiB over WebSocket, 100 clients, 1 in flight each", "echo --size 16384",
                           in_quick=False),
    "polling64": per_message("Echo of 64 bytes over long-polling, 100 clients", "polling"),
    "handshake": per_handshake("WebSocket handshake", "handshake"),
    "handshake-polling": per_handshake("Long-polling handshake", "handshake --polling", in_quick=False),
    "idle": per_connection("Idle WebSocket session", "idle"),
    "idle-cpu": Workload(
        "10,000 idle WebSocket sessions (4,000 with --quick), heartbeats each 25 s: % of a core",
        "idle --conns 10000 --hold 55", "--conns 4000 --hold 28",
        "idle_cpu_percent", {"pings": "pings"}, in_quick=False),
    "ack100": per_message("Socket.IO event of 64 bytes and its ack, 100 clients, 1 in flight each", "ack"),
    "ack100x8": per_message("Socket.IO event of 64 bytes and its ack, 100 clients, 8 in flight each",
                            "ack --inflight 8"),
    "fan1000/64": fanout(1000, 64, "64 bytes", in_quick=True),
    "fan1000/1k": fanout(1000, 1024, "1 KiB"),
    "fan5000/64": fanout(5000, 64, "64 bytes"),
    "fan5000/1k": fanout(5000, 1024, "1 KiB"),
    "rooms100x10": per_delivery("100 rooms of 10 Socket.IO clients, each of which sends 64 bytes to its own",
                                "rooms --conns 1000 --room-size 10"),
    "sio-idle": per_connection("Idle Socket.IO connection in one namespace and two rooms", "idle --socketio"),
}
