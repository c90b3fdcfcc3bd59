using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads.Schemas;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests.Schemas;

public sealed class InputSchemaTests
{
    public static TheoryData<string, string, bool> Documents => new()
    {
        { "true", "1", true },
        { "false", "1", false },
        { "{}", "{\"a\":[1,null]}", true },
        { """{"type":"integer"}""", "1", true },
        { """{"type":"integer"}""", "1.0", true },
        { """{"type":"integer"}""", "1.5", false },
        { """{"type":"integer"}""", "\"1\"", false },
        { """{"type":"integer"}""", "1e400", false },
        { """{"type":["string","null"]}""", "null", true },
        { """{"type":["string","null"]}""", "false", false },
        { """{"type":"number"}""", "1e400", true },
        { """{"type":"boolean"}""", "true", true },
        { """{"type":"array"}""", "{}", false },
        { """{"enum":[1,"a",{"b":[]}]}""", "{\"b\":[]}", true },
        { """{"enum":[1,"a",{"b":[]}]}""", "2", false },
        { """{"const":null}""", "null", true },
        { """{"const":1}""", "1.0", true },
        { """{"const":1}""", "true", false },
        { """{"minimum":2,"maximum":3}""", "2", true },
        { """{"minimum":2,"maximum":3}""", "1.9999", false },
        { """{"minimum":2,"maximum":3}""", "3.0001", false },
        { """{"minimum":2,"maximum":3}""", "\"x\"", true },
        { """{"minimum":2}""", "1e400", false },
        { """{"exclusiveMinimum":2,"exclusiveMaximum":3}""", "2", false },
        { """{"exclusiveMinimum":2,"exclusiveMaximum":3}""", "2.5", true },
        { """{"exclusiveMinimum":2,"exclusiveMaximum":3}""", "3", false },
        { """{"minLength":2,"maxLength":2}""", "\"ab\"", true },
        { """{"minLength":2,"maxLength":2}""", "\"\uD83D\uDE00b\"", true },
        { """{"minLength":2,"maxLength":2}""", "\"a\"", false },
        { """{"minLength":2,"maxLength":2}""", "\"abc\"", false },
        { """{"minItems":1,"maxItems":2}""", "[]", false },
        { """{"minItems":1,"maxItems":2}""", "[1,2,3]", false },
        { """{"minItems":1,"maxItems":2}""", "[1,2]", true },
        { """{"items":{"type":"string"}}""", "[\"a\",1]", false },
        { """{"items":{"type":"string"}}""", "[\"a\",\"b\"]", true },
        { """{"required":["a"]}""", "{}", false },
        { """{"required":["a"]}""", "{\"a\":null}", true },
        { """{"required":["a"]}""", "[]", true },
        { """{"properties":{"a":{"type":"string"}}}""", "{\"a\":1}", false },
        { """{"properties":{"a":{"type":"string"}}}""", "{\"b\":1}", true },
        { """{"properties":{"a":true},"additionalProperties":false}""", "{\"a\":1,\"b\":2}", false },
        { """{"properties":{"a":true},"additionalProperties":{"type":"null"}}""", "{\"a\":1,\"b\":null}", true },
        { """{"minProperties":1,"maxProperties":1}""", "{}", false },
        { """{"minProperties":1,"maxProperties":1}""", "{\"a\":1,\"b\":2}", false },
        { "{}", "{\"a\":1,\"a\":2}", false },
        { "{}", "{", false },
        { "{}", new string('[', 40) + new string(']', 40), false },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_meets_a_schema_or_not(string schema, string document, bool meets)
    {
        Assert.True(InputSchema.TryRead(Encoding.UTF8.GetBytes(schema), out var read, out var problem), problem);

        var problems = read.Check(Encoding.UTF8.GetBytes(document));

        Assert.Equal(meets, problems.Count == 0);
    }

    [Theory]
    [InlineData("""{"pattern":"(a+)+$"}""", "/pattern")]
    [InlineData("""{"$ref":"#"}""", "/$ref")]
    [InlineData("""{"properties":{"a":{"oneOf":[]}}}""", "/properties/a/oneOf")]
    [InlineData("""{"items":{"items":{"format":"date"}}}""", "/items/items/format")]
    [InlineData("""{"additionalProperties":3}""", "/additionalProperties")]
    [InlineData("""{"type":"decimal"}""", "/type")]
    [InlineData("""{"type":[]}""", "/type")]
    [InlineData("""{"type":3}""", "/type")]
    [InlineData("""{"enum":[]}""", "/enum")]
    [InlineData("""{"required":[1]}""", "/required")]
    [InlineData("""{"properties":[]}""", "/properties")]
    [InlineData("""{"minLength":-1}""", "/minLength")]
    [InlineData("""{"minItems":1.5}""", "/minItems")]
    [InlineData("""{"minimum":1e400}""", "/minimum")]
    [InlineData("""{"maximum":"3"}""", "/maximum")]
    [InlineData("[]", "The schema")]
    [InlineData("{", "The schema")]
    [InlineData("""{"type":"null","type":"null"}""", "The schema")]
    public void Schema_that_is_not_understood_is_refused_and_the_place_named(string schema, string place)
    {
        Assert.False(InputSchema.TryRead(Encoding.UTF8.GetBytes(schema), out _, out var problem));
        Assert.Contains(place, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_beyond_their_sizes_are_refused()
    {
        var large = "{\"title\":\"" + new string('a', InputSchema.MaxBytes) + "\"}";
        Assert.False(InputSchema.TryRead(Encoding.UTF8.GetBytes(large), out _, out _));
        var deep = string.Concat(Enumerable.Repeat("{\"items\":", 40)) + "{}" + new string('}', 40);
        Assert.False(InputSchema.TryRead(Encoding.UTF8.GetBytes(deep), out _, out _));
    }

    [Fact]
    public void Problems_name_the_place_by_pointer_repeat_no_value_and_are_bounded()
    {
        var schema = """{"properties":{"a/b~c":{"items":{"type":"string"}}},"required":["x"]}""";
        Assert.True(InputSchema.TryRead(Encoding.UTF8.GetBytes(schema), out var read, out _));

        var problems = read.Check("""{"a/b~c":["ok",4711]}"""u8.ToArray());

        Assert.Equal(["/a~1b~0c/1", ""], problems.Select(problem => problem.Path));
        Assert.All(problems, problem => Assert.DoesNotContain("4711", problem.Sentence, StringComparison.Ordinal));
        var many = Encoding.UTF8.GetBytes("{\"a/b~c\":[" + string.Join(",", Enumerable.Repeat("1", 100)) + "]}");
        Assert.Equal(InputSchema.MaxProblems, read.Check(many).Count);
    }

    [Fact]
    public void Every_capability_that_is_computed_has_a_schema_that_its_own_specifications_meet()
    {
        var digest = Digest.Sha256("x"u8);
        (Label Capability, byte[] Spec)[] specs =
        [
            (WorkloadCapabilities.DataCurate, new CurateSpec(digest).ToBytes()),
            (WorkloadCapabilities.ClassifierTrain, new TrainSpec(digest).ToBytes()),
            (WorkloadCapabilities.ClassifierInfer, new InferSpec(digest, digest).ToBytes()),
        ];
        foreach (var (capability, spec) in specs)
        {
            var known = InputSchemas.Find(capability)!.Value;
            Assert.True(InputSchema.TryRead(known, out var schema, out var problem), problem);
            Assert.Empty(schema.Check(spec));
            foreach (var (other, foreign) in specs)
            {
                Assert.Equal(other == capability, schema.Check(foreign).Count == 0);
            }

            var text = Encoding.UTF8.GetString(spec);
            string[] wrong =
            [
                text.Replace(":1,", ":2,", StringComparison.Ordinal),
                text.Insert(1, "\"more\":1,"),
                text.Replace($"{digest}", "short", StringComparison.Ordinal),
            ];
            Assert.All(wrong, one => Assert.NotEmpty(schema.Check(Encoding.UTF8.GetBytes(one))));
        }

        Assert.Null(InputSchemas.Find(WorkloadCapabilities.Validation));
    }
}
