package main

import (
	"context"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func ask(ctx context.Context, call asked) (string, error) {
	client := openai.NewClient(option.WithBaseURL(call.BaseURL), option.WithAPIKey(call.APIKey))
	request := openai.ChatCompletionNewParams{
		Model:    "gpt-4o",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(call.Prompt)},
	}
	if !call.Stream {
		answer, err := client.Chat.Completions.New(ctx, request)
		if err != nil {
			return "", err
		}
		return answer.Choices[0].Message.Content, nil
	}
	stream := client.Chat.Completions.NewStreaming(ctx, request)
	defer stream.Close()
	text := ""
	for stream.Next() {
		if chunk := stream.Current(); len(chunk.Choices) > 0 {
			text += chunk.Choices[0].Delta.Content
		}
	}
	return text, stream.Err()
}
