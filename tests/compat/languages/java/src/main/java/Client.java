import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONArray;
import org.json.JSONObject;

/** socket.io-client-java against the fixture's profile `scenario`: Client URL TRANSPORT */
public class Client {
    public static void main(String[] args) throws Exception {
        IO.Options options = new IO.Options();
        options.transports = new String[] {args[1]};
        options.reconnection = false;
        options.forceNew = true;
        Manager manager = new Manager(URI.create(args[0]), options);
        Socket[] sockets = {manager.socket("/"), manager.socket("/chat")};
        for (Socket socket : sockets) echoAndRooms(socket);
        for (Socket socket : sockets) socket.disconnect();
        System.exit(0); // its threads would stay for a while
    }

    private static void echoAndRooms(Socket socket) throws Exception {
        LinkedBlockingQueue<Object[]> connected = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Object[]> heard = new LinkedBlockingQueue<>();
        byte[] bytes = {0, 1, -1};
        socket.on(Socket.EVENT_CONNECT, connected::add);
        socket.on(Socket.EVENT_CONNECT_ERROR, why -> fail("not connected: " + Arrays.toString(why)));
        socket.on("question", question -> ((Ack) question[1]).call(question[0], bytes));
        socket.on("answer", heard::add);
        socket.on("cast", heard::add);
        socket.connect();
        take(connected);

        JSONObject deep = new JSONObject().put("list", new JSONArray().put(1).put(bytes)).put("none", JSONObject.NULL);
        Object[] echo = ask(socket, "echo", "text \u00e9\u4e2d", 1, 2.5, true, deep, bytes);
        check(echo.length == 6 && echo[0].equals("text \u00e9\u4e2d") && echo[1].equals(1) && echo[3].equals(true), "echo");
        check(((Number) echo[2]).doubleValue() == 2.5, "a number");
        check(Arrays.equals((byte[]) echo[5], bytes), "binary");
        check(Arrays.equals((byte[]) ((JSONObject) echo[4]).getJSONArray("list").get(1), bytes), "binary that is deep");
        String big = "x".repeat(500_000);
        check(ask(socket, "echo", big)[0].equals(big), "a big text");

        socket.emit("ask", "why");
        Object[] answer = take(heard);
        check(answer[0].equals("why") && Arrays.equals((byte[]) answer[1], bytes), "the server's question");

        ask(socket, "join", new JSONArray().put("room"));
        socket.emit("cast", "elsewhere", "not for us");
        socket.emit("cast", "room", new JSONArray().put("for us").put(bytes));
        JSONArray cast = (JSONArray) take(heard)[0];
        check(cast.get(0).equals("for us") && Arrays.equals((byte[]) cast.get(1), bytes), "a room's event");
    }

    private static Object[] ask(Socket socket, String event, Object... arguments) throws InterruptedException {
        LinkedBlockingQueue<Object[]> answer = new LinkedBlockingQueue<>();
        socket.emit(event, arguments, (Ack) answer::add);
        return take(answer);
    }

    private static Object[] take(LinkedBlockingQueue<Object[]> from) throws InterruptedException {
        Object[] got = from.poll(10, TimeUnit.SECONDS);
        if (got == null) fail("nothing came");
        return got;
    }

    private static void check(boolean holds, String what) {
        if (!holds) fail(what);
    }

    private static void fail(String what) {
        System.err.println("wrong: " + what);
        System.exit(1);
    }
}
