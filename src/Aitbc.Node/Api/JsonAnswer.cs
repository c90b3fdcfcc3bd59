using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Aitbc.Node.Api;

/// <summary>A small answer in JSON, of known length: it leaves with its headers in one write, where one of unknown
/// length takes three.</summary>
internal sealed class JsonAnswer(object value, int status, string type) : IResult
{
    private static JsonSerializerOptions? shape;

    /// <summary>A thing that was asked for.</summary>
    public static JsonAnswer Ok(object value) =>
        new(value, StatusCodes.Status200OK, "application/json; charset=utf-8");

    /// <summary>Something that was taken and not done yet.</summary>
    public static JsonAnswer Accepted(object value) =>
        new(value, StatusCodes.Status202Accepted, "application/json; charset=utf-8");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;

        // The same for every node of a process: nothing of it can be configured from outside.
        var options = shape ??= httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>()
            .Value.SerializerOptions;
        var json = JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), options);
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            response.BodyWriter.Write(json);
        }

        return Task.CompletedTask;
    }
}
