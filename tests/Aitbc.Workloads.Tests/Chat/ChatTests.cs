using System.Text;
using System.Text.Json;
using Aitbc.Workloads.Chat;
using Aitbc.Workloads.Schemas;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests.Chat;

/// <summary>The chat workload against a real HTTP server, well-behaved and not.</summary>
public sealed class ChatTests
{
    private const string Key = "sk-very-secret-0123456789";

    private static readonly ChatSpec s_spec = new([new("system", "Be brief."), new("user", "Say \"hi\"\né")])
    {
        MaxTokens = 9,
        TemperaturePpm = 700_000,
    };

    [Fact]
    public async Task The_result_is_what_the_endpoint_said_and_no_more()
    {
        await using var server = new ModelServer(_ => ModelServer.Ok(ModelServer.Completion("Hi!\n<é>")));

        var result = Jobs.Result(Run(server));

        Assert.Equal("answer", result.Primary.Name);
        Assert.Equal(
            "{\"model\":\"small-model-2026\",\"content\":\"Hi!\\n\\u003C\\u00E9\\u003E\",\"finishReason\":\"stop\","
            + "\"promptTokens\":12,\"completionTokens\":5}",
            Jobs.Text(result.Primary.Bytes));
        Assert.Null(result.Quality);
        Assert.DoesNotContain("Hi!", Jobs.Text(result.Report), StringComparison.Ordinal);
        var (head, body) = Assert.Single(server.Requests);
        Assert.StartsWith("POST /v1/chat/completions ", head, StringComparison.Ordinal);
        Assert.Contains($"Authorization: Bearer {Key}", head, StringComparison.Ordinal);
        Assert.Equal(
            "{\"model\":\"wanted\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\","
            + "\"content\":\"Say \\u0022hi\\u0022\\n\\u00E9\"}],\"max_tokens\":9,\"temperature\":0.700000}",
            body);
    }

    [Fact]
    public async Task What_the_endpoint_leaves_out_is_not_made_up()
    {
        const string Bare = """{"model":"m","choices":[{"message":{"content":""},"finish_reason":"length"}]}""";
        await using var server = new ModelServer(_ => ModelServer.Ok(Bare));

        Assert.Equal(
            """{"model":"m","content":"","finishReason":"length","promptTokens":null,"completionTokens":null}""",
            Jobs.Text(Jobs.Result(Run(server)).Primary.Bytes));
    }

    [Fact]
    public async Task Without_a_key_none_is_sent()
    {
        await using var server = new ModelServer(_ => ModelServer.Ok(ModelServer.Completion("x")));

        Jobs.Result(Run(server, key: null));

        Assert.DoesNotContain("Authorization", server.Requests[0].Head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":7,\"model\":\"m\"}")]
    [InlineData("{\"model\":\"m\",\"choices\":[7]}")]
    [InlineData("{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"tool_calls\"}]}")]
    [InlineData("{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"x\"}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}")]
    [InlineData("{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"\\uD800\"},\"finish_reason\":\"stop\"}]}")]
    public async Task An_answer_that_is_none_gives_no_result(string body)
    {
        await using var server = new ModelServer(_ => ModelServer.Ok(body));

        Assert.Equal("The chat endpoint gave an answer that holds no text of a model.", Failure(Run(server)).Sentence);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("401 Unauthorized", "refused the key (401)", 1)]
    [InlineData("403 Forbidden", "refused the key (403)", 1)]
    [InlineData("404 Not Found", "knows neither the address nor the model (404)", 1)]
    [InlineData("429 Too Many Requests", "is busy, or the key's share is used up (429)", 3)]
    [InlineData("500 Internal Server Error", "answered with status 500", 3)]
    [InlineData("302 Found", "answered with status 302", 1)]
    public async Task A_refusal_is_said_without_its_words_and_asked_again_only_where_that_may_help(
        string status, string words, int tries)
    {
        await using var server = new ModelServer(_ => ModelServer.Answer(
            status,
            $"{{\"error\":{{\"message\":\"Incorrect API key: {Key}\"}}}}",
            "Retry-After: 3600\r\nLocation: /\r\n"));

        Assert.Equal($"The chat endpoint {words}.", Failure(Run(server)).Sentence);
        Assert.Equal(tries, server.Requests.Count);
    }

    [Fact]
    public async Task A_busy_endpoint_is_asked_again_and_its_later_answer_counts()
    {
        await using var server = new ModelServer(number => number < 3
            ? ModelServer.Answer("429 Too Many Requests", "{}", "Retry-After: 3600\r\n")
            : ModelServer.Ok(ModelServer.Completion("late")));

        Assert.Contains("late", Jobs.Text(Jobs.Result(Run(server)).Primary.Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silent_endpoint_is_given_up_after_a_limited_number_of_limited_tries(bool sendsHead)
    {
        // With a head that promises more than ever comes, the silence lies within the body.
        const string Head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
        await using var server = new ModelServer(_ => sendsHead ? Head : null) { KeepsOpen = true };
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var failure = Failure(Run(server, tryWithinMs: 200));

        Assert.Equal("The chat endpoint could not be reached, or did not answer in time.", failure.Sentence);
        // On a busy machine a try, or each of them, may end before its request has gone out.
        Assert.InRange(server.Requests.Count, 0, 3);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task A_silent_try_is_followed_by_another()
    {
        await using var server = new ModelServer(
            number => number < 2 ? null : ModelServer.Ok(ModelServer.Completion("late")));

        var result = Jobs.Result(Run(server, tryWithinMs: 2_000));

        Assert.Contains("late", Jobs.Text(result.Primary.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusals_words_are_not_read_however_many_they_are()
    {
        var words = new string('x', 3 * 1024 * 1024);
        await using var server = new ModelServer(_ => ModelServer.Answer("404 Not Found", words, ""));

        Assert.Contains("(404)", Failure(Run(server)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_tries_together_have_a_limit()
    {
        await using var server = new ModelServer(_ => null);

        var failure = Failure(Run(server, tryWithinMs: 60_000, answerWithinMs: 300));

        // On a busy machine the time may be over before the first request has gone out.
        Assert.Contains("did not answer in time", failure.Sentence, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 0, 1);
    }

    [Fact]
    public async Task A_huge_answer_is_cut_off_and_not_asked_for_again()
    {
        await using var server = new ModelServer(_ =>
            ModelServer.Ok(ModelServer.Completion(new string('x', 3 * 1024 * 1024))));

        Assert.Equal(
            "The chat endpoint answered with more than 1048576 bytes.", Failure(Run(server)).Sentence);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Nobody_there_is_said_in_the_same_sentence()
    {
        var server = new ModelServer(_ => null);
        var url = server.Url;
        await server.DisposeAsync();
        using var chat = new ChatEndpoint(Settings(url, Key, 1_000, 5_000));

        Assert.Contains("could not be reached", Failure(Run(chat)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_ends_as_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new ModelServer(_ =>
        {
            stop.Cancel();
            return null;
        });
        using var chat = new ChatEndpoint(Settings(server.Url, Key, 60_000, 60_000));

        var outcome = WorkloadRunner.Run(WorkloadCapabilities.Chat, s_spec.ToBytes(), _ => null, chat, stop.Token);

        Jobs.Failure(outcome, WorkloadFault.Cancelled);
    }

    [Fact]
    public void Without_an_endpoint_the_capability_is_not_offered_and_says_so()
    {
        var outcome = Jobs.Run(WorkloadCapabilities.Chat, s_spec.ToBytes());
        var failure = Jobs.Failure(outcome, WorkloadFault.UnknownCapability);

        Assert.Equal(ChatSettings.Unset, failure.Sentence);
        Assert.Null(ChatSettings.Read(_ => null, out var problem));
        Assert.Equal(ChatSettings.Unset, problem);
    }

    [Theory]
    [InlineData("http://localhost:1/v1", "m", Key, true)]
    [InlineData("https://models.example/v1", "m", Key, true)]
    [InlineData("http://models.example/v1", "m", "", true)]
    [InlineData("http://models.example/v1", "m", Key, false)]
    [InlineData("https://models.example/v1", "", Key, false)]
    [InlineData("", "m", Key, false)]
    [InlineData("models.example", "m", Key, false)]
    [InlineData("ftp://models.example", "m", Key, false)]
    [InlineData("https://user:word@models.example/v1", "m", Key, false)]
    [InlineData("https://models.example/v1?key=x", "m", Key, false)]
    [InlineData("https://models.example/v1", "m\n", Key, false)]
    [InlineData("https://models.example/v1", "m", Key + "\nX-Other: 1", false)]
    public void Settings_are_read_or_refused_and_never_show_the_key(
        string endpoint, string model, string key, bool isGood)
    {
        var variables = new Dictionary<string, string>
        {
            ["AITBC_CHAT_ENDPOINT"] = endpoint,
            ["AITBC_CHAT_MODEL"] = model,
            ["AITBC_CHAT_KEY"] = key,
        };

        var settings = ChatSettings.Read(variables.GetValueOrDefault, out var problem);

        Assert.Equal(isGood, settings is not null);
        Assert.Equal(isGood, problem is null);
        var shown = $"{settings}{problem}{JsonSerializer.Serialize(settings)}";
        Assert.DoesNotContain(Key, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("word", problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"capability":"chat","version":1,"messages":[{"role":"user","content":"x"}]}""", true)]
    [InlineData("""{"capability":"chat","version":2,"messages":[{"role":"user","content":"x"}]}""", false)]
    [InlineData("""{"capability":"chat","version":1}""", false)]
    [InlineData("""{"capability":"chat","version":1,"messages":[]}""", false)]
    [InlineData("""{"capability":"chat","version":1,"messages":[{"role":"tool","content":"x"}]}""", false)]
    [InlineData("""{"capability":"chat","version":1,"messages":[{"role":"user","content":""}]}""", false)]
    [InlineData("""{"capability":"chat","version":1,"messages":[{"role":"user","content":"x","name":"y"}]}""", false)]
    [InlineData("""{"capability":"chat","version":1,"messages":[{"role":"user"}]}""", false)]
    [InlineData("""{"capability":"chat","version":1,"messages":["x"]}""", false)]
    [InlineData(
        """{"capability":"chat","version":1,"messages":[{"role":"user","content":"x"}],"maxTokens":0}""", false)]
    [InlineData(
        """{"capability":"chat","version":1,"messages":[{"role":"user","content":"x"}],"maxTokens":4097}""", false)]
    [InlineData(
        """{"capability":"chat","version":1,"messages":[{"role":"user","content":"x"}],"temperaturePpm":2000001}""",
        false)]
    [InlineData("""{"capability":"chat","version":1,"messages":[{"role":"user","content":"x"}],"model":"y"}""", false)]
    public void Spec_and_schema_take_and_refuse_the_same(string json, bool isGood)
    {
        Assert.Equal(isGood, ChatSpec.TryRead(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Equal(isGood, error is null);
        Assert.True(
            InputSchema.TryRead(InputSchemas.Find(WorkloadCapabilities.Chat)!.Value, out var schema, out var problem),
            problem);
        Assert.Equal(isGood, schema!.Check(Encoding.UTF8.GetBytes(json)).Count == 0);
    }

    [Fact]
    public void Spec_HasAtMostSoManyMessages_AndReadsBackAsItWasWritten()
    {
        var most = new ChatSpec([.. Enumerable.Repeat(new ChatMessageText("user", "x"), ChatSpec.MaxMessages)]);
        var more = new ChatSpec([.. most.Messages, new("user", "x")]);

        Assert.True(ChatSpec.TryRead(most.ToBytes(), out _, out _));
        Assert.False(ChatSpec.TryRead(more.ToBytes(), out _, out _));
        Assert.True(ChatSpec.TryRead(s_spec.ToBytes(), out var read, out _));
        Assert.Equal(s_spec.ToBytes(), read.ToBytes());
    }

    private static WorkloadFailure Failure(WorkloadOutcome outcome)
    {
        var failure = Jobs.Failure(outcome, WorkloadFault.EndpointFailed);
        Assert.DoesNotContain(Key, failure.Sentence, StringComparison.Ordinal);
        return failure;
    }

    private static WorkloadOutcome Run(
        ModelServer server, string? key = Key, int tryWithinMs = 20_000, int answerWithinMs = 30_000)
    {
        using var chat = new ChatEndpoint(Settings(server.Url, key, tryWithinMs, answerWithinMs));
        return Run(chat);
    }

    private static WorkloadOutcome Run(ChatEndpoint chat) =>
        WorkloadRunner.Run(WorkloadCapabilities.Chat, s_spec.ToBytes(), _ => null, chat, CancellationToken.None);

    private static ChatSettings Settings(Uri url, string? key, int tryWithinMs, int answerWithinMs) =>
        new(url, "wanted", key)
        {
            TryWithin = TimeSpan.FromMilliseconds(tryWithinMs),
            AnswerWithin = TimeSpan.FromMilliseconds(answerWithinMs),
            RetryAfter = TimeSpan.FromMilliseconds(1),
        };
}
