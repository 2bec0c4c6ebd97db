"""What bench/app/measure measures: arguments of bench_app_load, and the figures that are shown."""
from dataclasses import dataclass


@dataclass
class Workload:
    title: str
    drive: str
    quick: str  # replaces arguments of `drive` with --quick
    columns: dict  # figures and their names
    instances: int = 1


def state(rate):
    return Workload(
        f"{rate:,} operations a second by 200 users: into a room of the directory, to be present in another, and out of both",
        f"state --users 200 --room-size 10 --rate {rate} --seconds 10 --warmup 3", "--seconds 4 --warmup 2",
        {"answer_p50_ms": "answer p50, ms", "answer_p99_ms": "p99, ms", "units_per_second": "operations/s",
         "cpu_us_per_operation": "server CPU, µs an operation", "redis_cpu_us": "Redis CPU, µs", "told_per_operation": "events told"})


WORKLOADS = {
    "state": state(1000),
    "state2000": state(2000),
    "memory": Workload(
        "6,000 users with two connections each, in rooms of 10",
        "memory --users 6000 --sockets 2 --room-size 10", "--users 1500",
        {"resident_mib": "resident, MiB", "resident_mib_before": "of it before, MiB", "kib_per_connection": "KiB a connection"}),
    "broadcast": Workload(
        "5,000 connections in 100 rooms of 50, of which one after the other sends to its room, 400 messages a second",
        "broadcast --users 5000 --room-size 50 --rate 400 --seconds 15 --warmup 3", "--seconds 5 --warmup 2",
        {"delivery_p50_ms": "delivery p50, ms", "delivery_p99_ms": "p99, ms", "delivery_max_ms": "longest, ms",
         "cpu_us_per_delivery": "server CPU, µs a delivery", "units_per_second": "deliveries/s"}),
    "clock": Workload(
        "500 sessions of 8 that play, at two instances of which one is killed",
        "clock --sessions 500 --members 8 --seconds 10 --warmup 2", "--seconds 4",
        {"lateness_p50_ms": "tick late p50, ms", "lateness_p99_ms": "p99, ms", "told_share": "told of those due",
         "heard_twice": "heard twice", "published_twice": "published twice", "moved": "moved",
         "takeover_p50_ms": "silence at kill -9 p50, ms", "takeover_max_ms": "longest, ms",
         "cpu_us_per_tick_at_first": "CPU of the first, µs a tick", "cpu_us_per_tick_at_second": "of the second"},
        instances=2),
}
