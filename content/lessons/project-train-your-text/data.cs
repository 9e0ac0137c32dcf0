using System;
using System.Linq;

public static class Data
{
    /// <summary>The text as the numbers of its characters, which are counted in their order.</summary>
    public static int[] Encode(string text)
    {
        char[] vocabulary = text.Distinct().OrderBy(character => character).ToArray();
        return text.Select(character => Array.BinarySearch(vocabulary, character)).ToArray();
    }

    /// <summary>The part to learn from, and the last tenth, which is only ever asked about.</summary>
    public static int[][] Split(int[] ids)
    {
        int setAside = ids.Length / 10;
        return new[] { ids.Take(ids.Length - setAside).ToArray(), ids.Skip(ids.Length - setAside).ToArray() };
    }

    /// <summary>One stretch of the text and its answers: the same stretch, one token later.</summary>
    public static int[][] Stretch(int[] ids, int start, int context)
    {
        int[] inputs = ids.Skip(start).Take(context).ToArray();
        int[] answers = ids.Skip(start + 1).Take(context).ToArray();
        return new[] { inputs, answers };
    }
}
