global using Aitbc.Primitives;
global using Xunit;
